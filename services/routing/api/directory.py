"""The directory of the Centers."""

from fastapi import APIRouter
from pydantic import BaseModel

from shared.customs.centers import centers

router = APIRouter()


class CenterOut(BaseModel):
    """A Center of Excellence and Expertise."""

    code: str
    name: str
    office_city: str
    state: str


@router.get("/centers", summary="The Centers")
async def list_centers() -> list[CenterOut]:
    """Every Center with its managing office."""
    return [CenterOut.model_validate(center, from_attributes=True) for center in centers().values()]
