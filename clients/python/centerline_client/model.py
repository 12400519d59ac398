"""What every model has in common: fields that are not known yet are left out, and nothing is built before its use."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A thing that the services take or give."""

    model_config = ConfigDict(defer_build=True)
