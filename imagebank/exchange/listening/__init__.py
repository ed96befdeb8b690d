"""C-STORE in (`manage.py listen`); see README.md beside this."""
