"""The least a service can be: FastAPI, one SQLModel table in a SQLite file, a route that writes and one that reads.

`FILE=… PORT=… python -m benchmarks.bare_app` serves it. Starting up is measured by it.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from sqlmodel import Field, Session, SQLModel, create_engine, select


class Offer(SQLModel, table=True):
    """What somebody offers."""

    offer_id: str = Field(primary_key=True)
    quantity_g: int


engine = create_engine(f"sqlite:///{os.environ.get('FILE', '')}")


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Make the table."""
    SQLModel.metadata.create_all(engine)
    yield


app = FastAPI(lifespan=lifespan)


@app.put("/offers")
def put_offer(offer: Offer) -> Offer:
    """Keep an offer."""
    with Session(engine) as session:
        session.add(Offer.model_validate(offer))
        session.commit()
    return offer


@app.get("/readyz")
def offers() -> list[Offer]:
    """Return all offers."""
    with Session(engine) as session:
        return list(session.exec(select(Offer)))


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False)
