"""Which version this is: by semantic versions (docs/releases.md)."""

VERSION = "0.1.0"
