"""What builds, checks and starts the cloud; nothing in here is part of a running service."""
