#!/bin/sh
# A database and a role for every service and for Keycloak, in an empty PostgreSQL. A service cannot even connect to
# another one's database: services share nothing but events.
set -eu

for service in nutrition farmers procurement logistics portal keycloak; do
  psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set=service="$service" --set=password="$SERVICE_PASSWORD" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
