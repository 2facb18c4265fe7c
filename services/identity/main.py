"""The identity service: what it is made of."""

from services.identity import keeping
from services.identity.access import access
from services.identity.accounts import api as accounts
from services.identity.audited import audited
from services.identity.clients import api as clients
from services.identity.keys import api as keys
from services.identity.keys.jobs import jobs as key_jobs
from services.identity.keys.models import SigningKeyRow
from services.identity.passwords import api as passwords
from services.identity.passwords import own as own_password
from services.identity.samples import api as samples
from services.identity.signins import api as signins
from services.identity.tables import Table
from services.identity.tokens import api as tokens
from shared.audit.service import with_audit
from shared.messaging.handlers import Handlers
from shared.models import table_of
from shared.operations import with_operations
from shared.resealing import Sealed
from shared.service import Definition

_audited = with_audit(
    Definition(
        name="identity",
        title="Identity: users, clients, signing in, tokens",
        routers=[
            tokens.router,
            tokens.about,
            keys.router,
            signins.router,
            passwords.router,
            own_password.router,
            accounts.router,
            clients.router,
            samples.router,
        ],
        handlers=Handlers(),
        metadata=Table.metadata,
        jobs=[*key_jobs, *keeping.jobs],
        sealed=[Sealed(table_of(SigningKeyRow).c.private_sealed, "signing_key.private")],
        access=access,
        embedded=True,
    ),
    audited,
)
definition = with_operations(_audited)
