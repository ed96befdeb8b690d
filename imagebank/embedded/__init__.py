"""Services for the demo and the tests on one machine: PostgreSQL, broker, supervisor. Knows no Django."""
