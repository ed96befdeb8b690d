import pytest
from django.db import connection


@pytest.mark.django_db
def test_extensions_of_search_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert {"pg_trgm", "unaccent", "btree_gin", "intarray"} <= {name for (name,) in cursor.fetchall()}
