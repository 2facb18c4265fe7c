"""What the changing requests of the portal itself change (decision 50).

What a page changes is changed, and recorded, by the service it asks: as the act of whoever signed in.
"""

from shared.audit.recording import Audited

audited = Audited()
