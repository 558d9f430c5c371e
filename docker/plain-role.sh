#!/bin/sh
# Runs once, when the database server makes its data: the service works as a role that is no superuser, for row-level
# security holds back nothing from those.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
create role aid login password :'password';
create database aid owner aid encoding 'UTF8' template template0;
SQL
