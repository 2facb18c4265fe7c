"""`python -m services.logistics`: this service alone, set up from the environment (`CLOUD_…`)."""

from services.logistics.main import definition
from shared.standalone import serve

if __name__ == "__main__":
    serve(definition)
