"""The commands of `python -m services`, a module each, imported when it is asked for: `run(options, settings)`."""

from shared.messaging.bus import SERVICES

DATABASES = (*SERVICES, "portal")
"""What has a database that commands look after; the portal hears and tells nothing, so the bus does not know it."""
