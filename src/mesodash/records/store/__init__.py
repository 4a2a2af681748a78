"""The clinic's file itself: connection, driver, schema, migrations, errors."""
