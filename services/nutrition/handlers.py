"""What nutrition reacts to: the index of what happens here when others tell something."""

from shared.messaging.handlers import Handlers

handlers = Handlers()
