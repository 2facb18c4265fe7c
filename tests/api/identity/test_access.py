"""Who may administer users, and who only asks about themselves."""

from tests.api.identity.issuer import CLERK, Issuer
from tests.api.walk import walk
from tests.people import administrator, auditor, clerk, official
from tests.world import ok, refused


async def test_walk(issuer: Issuer) -> None:
    """Every route has its rule, and lets its own in."""
    await walk(issuer.world, "identity")


async def test_users_are_the_business_of_the_province(issuer: Issuer) -> None:
    """An administrator of one county could make one of the province; so only those of the province make any."""
    body = {"login": "somebody", "roles": ["administrator"], "counties": ["*"]}
    county = issuer.world.client("identity", as_=administrator("520628"))
    refused(await county.post("/users", json=body), 403, "province-only")
    for path in ("/users", "/clients", "/users/nobody", "/clients/portal"):
        refused(await county.get(path), 403, "province-only")
        refused(await issuer.world.client("identity", as_=official()).get(path), 403, "role-not-allowed")
        refused(await issuer.world.client("identity", as_=None).get(path), 401, "no-token")
    audit = issuer.world.client("identity", as_=auditor())
    assert len((await ok(await audit.get("/users")))["items"]) == 2
    refused(await audit.post("/users", json=body), 403, "role-not-allowed")
    assert await ok(await issuer.world.client("identity", as_=administrator()).post("/users", json=body))


async def test_a_token_of_this_issuer_is_taken_here(issuer: Issuer) -> None:
    """What the issuer gives a user opens what is that user's: here, who it is, as it is now."""
    tokens = await issuer.tokens()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    user = await issuer.user(CLERK)
    said = await ok(await issuer.browser.get("/userinfo", headers=bearer))
    assert (said["sub"], said["preferred_username"], said["cooperatives"]) == (
        user["user_id"],
        CLERK,
        ["coop-1", "coop-2"],
    )
    refused(await issuer.browser.get("/users", headers=bearer), 403, "role-not-allowed")
    id_token = {"Authorization": f"Bearer {tokens['id_token']}"}
    refused(await issuer.browser.get("/userinfo", headers=id_token), 401, "bad-token")
    await ok(await issuer.admin.post(f"/users/{user['user_id']}/lock"))
    refused(await issuer.browser.get("/userinfo", headers=bearer), 401, "no-user")
    refused(await issuer.world.client("identity", as_=clerk("coop-1")).get("/userinfo"), 401, "no-user")
