"""What farmers keeps sealed: every column of it, so that keys can be changed (`python -m services rotate-keys`)."""

from services.farmers.admissions.queries import application
from services.farmers.contacts.queries import account, contact
from services.farmers.erasures.queries import erasure_key
from services.farmers.people.queries import person
from services.farmers.registry.queries import PURPOSE, number
from services.farmers.webhooks.queries import secret
from shared.resealing import Sealed

SEALED = (
    Sealed(person.c.name_sealed, "household_person.name"),
    Sealed(person.c.phone_sealed, "household_person.phone"),
    Sealed(erasure_key.c.key_sealed, "erasure_key.key"),
    Sealed(number.c.number_sealed, "registry_number.number", (number.c.number_index, PURPOSE)),
    Sealed(contact.c.name_sealed, "contact.name"),
    Sealed(contact.c.phone_sealed, "contact.phone"),
    Sealed(account.c.holder_sealed, "account.holder"),
    Sealed(account.c.number_sealed, "account.number"),
    Sealed(application.c.contact_name_sealed, "application.contact_name_sealed"),
    Sealed(application.c.contact_phone_sealed, "application.contact_phone_sealed"),
    Sealed(application.c.account_holder_sealed, "application.account_holder_sealed"),
    Sealed(application.c.account_number_sealed, "application.account_number_sealed"),
    Sealed(application.c.secret_sealed, "application.secret_sealed"),
    # Keyed indexes of secrets of before: nobody can make them anew, so whoever changes keys is told.
    Sealed(application.c.secret_index, "application.secret_index"),
    Sealed(secret.c.secret_sealed, "webhook.secret"),
)
