"""What the changing requests of identity change (decision 50)."""

from services.identity.accounts.models import UserAccount
from services.identity.clients.models import OAuthClient
from services.identity.tables import table_of
from shared.audit.recording import Audited

audited = Audited(objects={"/users": table_of(UserAccount), "/clients": table_of(OAuthClient)})
