"""`python -m services.procurement`: this service alone, set up from the environment (`CLOUD_…`)."""

from services.procurement.main import definition
from shared.standalone import serve

if __name__ == "__main__":
    serve(definition)
