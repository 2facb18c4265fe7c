"""What happens to keys by themselves."""

from services.identity.keys.usecases import keep
from shared.service import Job

jobs = [Job("signing-keys", keep, every_s=600.0)]
