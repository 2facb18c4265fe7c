"""`python -m services.nutrition`: this service alone, set up from the environment (`CLOUD_…`)."""

from services.nutrition.main import definition
from shared.standalone import serve

if __name__ == "__main__":
    serve(definition)
