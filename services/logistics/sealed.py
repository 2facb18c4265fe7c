"""What logistics keeps sealed: every column of it, so that keys can be changed (`python -m services rotate-keys`)."""

from services.logistics.phones.queries import phone
from services.logistics.signers.queries import signer
from shared.resealing import Sealed

SEALED = (Sealed(phone.c.number_sealed, "phone.number"), Sealed(signer.c.name_sealed, "signer.name"))
