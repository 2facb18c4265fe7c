"""The services. They share nothing but events and `shared`."""
