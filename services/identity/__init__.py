"""Identity: the OpenID Connect issuer of the default set-up, where all services run in one process."""
