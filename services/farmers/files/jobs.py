"""What happens to files by themselves: those nothing names are forgotten."""

from services.farmers.files.usecases import forget_unattached
from shared.service import Job

jobs = [Job("forget-files", forget_unattached, every_s=3600.0)]
