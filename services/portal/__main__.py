"""`python -m services.portal`: the pages alone, set up from the environment (`CLOUD_…`)."""

from services.portal.main import definition
from shared.standalone import serve

if __name__ == "__main__":
    serve(definition)
