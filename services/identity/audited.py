"""What the changing requests of identity change (decision 50)."""

from services.identity.accounts.models import UserAccount
from services.identity.clients.models import OAuthClient
from services.identity.tables import table_of
from shared.audit.recording import Audited

audited = Audited(
    objects={"/users": table_of(UserAccount), "/clients": table_of(OAuthClient)},
    passed_over={
        "POST /sign-out": "it ends what a sign-in began, and opens nothing",
        "POST /token": "programs take, every few minutes, what a sign-in or their secret gives them",
        "POST /revoke": "it ends what a sign-in began, and opens nothing",
        "POST /samples/{login}/token": "there are samples in the demo only",
    },
)
