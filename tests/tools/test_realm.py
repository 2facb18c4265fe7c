"""The realm that Keycloak imports has our roles, emits our claims, and holds no secret."""

import json
import re
from typing import Any

import pytest
import yaml

from services.identity.rights import Rights
from shared.auth.principal import Role
from shared.settings import Settings
from tools import new_secrets
from tools.alone import ROOT

CLAIMS = set(Rights.__slots__)


@pytest.fixture
def realm() -> dict[str, Any]:
    """The realm of the containers."""
    found: dict[str, Any] = json.loads((ROOT / "tools" / "containers" / "realm.json").read_text())
    return found


@pytest.fixture
def compose() -> dict[str, Any]:
    """The services of docker-compose.yml."""
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


def _mappers(realm: dict[str, Any], client: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        mapper
        for scope in realm["clientScopes"]
        if scope["name"] in client["defaultClientScopes"]
        for mapper in scope["protocolMappers"]
    ]


def test_the_realm_has_our_roles_and_no_others(realm: dict[str, Any]) -> None:
    """A role nobody can be given, or one that no table knows, is a mistake."""
    assert {role["name"] for role in realm["roles"]["realm"]} == {str(role) for role in Role}


def test_every_token_of_the_realm_has_our_claims(realm: dict[str, Any]) -> None:
    """Access tokens of each client say who, as what and whose, for our audience; all lists, as services read them."""
    for client in realm["clients"]:
        mappers = _mappers(realm, client)
        emitted = {m["config"]["claim.name"]: m for m in mappers if "claim.name" in m["config"]}
        assert emitted.keys() == CLAIMS, client["clientId"]
        for claim, mapper in emitted.items():
            config = mapper["config"]
            assert (config["access.token.claim"], config["multivalued"], config["jsonType.label"]) == (
                "true",
                "true",
                "String",
            )
            if claim != "roles":
                assert mapper["protocolMapper"] == "oidc-usermodel-attribute-mapper"
                assert config["user.attribute"] == claim
        kinds = {mapper["protocolMapper"]: mapper["config"] for mapper in mappers}
        assert "oidc-usermodel-realm-role-mapper" in kinds
        # Since version 25 a token has no subject unless a mapper puts it there.
        assert kinds["oidc-sub-mapper"]["access.token.claim"] == "true"
        assert kinds["oidc-audience-mapper"]["included.custom.audience"] == Settings().auth_audience
        assert client["fullScopeAllowed"], "else tokens lack the roles"
        assert not client["directAccessGrantsEnabled"]
        assert not client["implicitFlowEnabled"]
        assert not client["publicClient"]


def test_people_sign_in_as_with_our_own_issuer(realm: dict[str, Any]) -> None:
    """RS256, ten minutes, a code for a minute, PKCE, refresh tokens for one time, waits that end, two languages."""
    assert realm["defaultSignatureAlgorithm"] == "RS256"
    assert (realm["accessTokenLifespan"], realm["accessCodeLifespan"]) == (600, 60)
    assert (realm["revokeRefreshToken"], realm["refreshTokenMaxReuse"]) == (True, 0)
    assert (realm["bruteForceProtected"], realm["permanentLockout"]) == (True, False)
    assert realm["maxFailureWaitSeconds"] == 900
    assert "length(10)" in realm["passwordPolicy"]
    assert realm["supportedLocales"] == ["zh-CN", "en"]
    assert not realm["registrationAllowed"]
    (portal,) = [client for client in realm["clients"] if client["clientId"] == "portal"]
    assert portal["attributes"]["pkce.code.challenge.method"] == "S256"
    assert portal["redirectUris"] == ["${PORTAL_URL}/signed-in"]
    assert portal["attributes"]["post.logout.redirect.uris"] == "${PORTAL_URL}/signed-out"
    assert set(portal["optionalClientScopes"]) <= {scope["name"] for scope in realm["clientScopes"]}


def test_nobody_gives_rights_to_themselves(realm: dict[str, Any]) -> None:
    """Tenants are attributes that Keycloak knows, with as many values as it takes, and administrators alone edit."""
    ((provider,),) = realm["components"].values()
    profile = json.loads(provider["config"]["kc.user.profile.config"][0])
    tenants = {each["name"]: each for each in profile["attributes"] if each["name"] in CLAIMS}
    assert tenants.keys() == CLAIMS - {"roles"}
    assert all(each["permissions"]["edit"] == ["admin"] and each["multivalued"] for each in tenants.values())
    assert "unmanagedAttributePolicy" not in profile


def test_services_act_as_the_system(realm: dict[str, Any]) -> None:
    """The one user of the file is the account of the client `services`, which may act in the whole province."""
    (account,) = realm["users"]
    assert (account["serviceAccountClientId"], account["realmRoles"]) == ("services", [str(Role.SYSTEM)])
    assert account["attributes"] == {"counties": ["*"]}
    assert "credentials" not in account


def test_no_secret_is_in_the_file(realm: dict[str, Any], compose: dict[str, Any]) -> None:
    """Secrets come from the environment: each one the realm names is handed to Keycloak, and has no default."""
    text = json.dumps(realm)
    assert all(re.fullmatch(r"\$\{[A-Z_]+\}", client["secret"]) for client in realm["clients"])
    named = set(re.findall(r"\$\{([A-Z_]+)\}", text))
    environment = compose["keycloak"]["environment"]
    assert named <= environment.keys()
    for name in ("PORTAL_SECRET", "SERVICES_SECRET", "KC_BOOTSTRAP_ADMIN_PASSWORD"):
        assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", environment[name]), name


def test_services_take_the_tokens_of_the_realm(realm: dict[str, Any], compose: dict[str, Any]) -> None:
    """What a browser calls the issuer is what tokens name; services reach its keys from inside."""
    keycloak = compose["keycloak"]
    mounted = [volume for volume in keycloak["volumes"] if "realm.json" in volume]
    assert mounted == ["./tools/containers/realm.json:/opt/keycloak/data/import/realm.json:ro"]
    assert "--import-realm" in keycloak["command"]
    address = keycloak["environment"]["KC_HOSTNAME"]
    for service in ("nutrition", "farmers", "procurement", "logistics", "portal"):
        environment = compose[service]["environment"]
        assert environment["CLOUD_AUTH_ISSUER"] == f"{address}/realms/{realm['realm']}"
        assert environment["CLOUD_AUTH_ISSUER_INSIDE"] == f"http://keycloak:8080/realms/{realm['realm']}"


def test_secrets_are_made_anew_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m tools.new_secrets` names every secret the containers ask for, each different, never the same twice."""
    asked = set(re.findall(r"\$\{([A-Z_]+):", (ROOT / "docker-compose.yml").read_text()))
    made = []
    for _ in range(2):
        new_secrets.main()
        made.append(dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines()))
    secret = {name for name in asked if re.search("PASSWORD|SECRET", name)}
    assert made[0].keys() == made[1].keys() == secret
    values = [value for one in made for value in one.values()]
    assert len(set(values)) == len(values)
    assert min(map(len, values)) >= 32
