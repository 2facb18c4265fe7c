"""Events on their way: envelope, outbox, relay, bus, inbox, consumer."""
