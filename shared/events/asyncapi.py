"""The AsyncAPI 3.0 document of the events: channels are topics, messages events in their CloudEvents envelope."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.events.compatibility import resolved
from shared.events.contracts import schema_of
from shared.events.registry import PARTITIONS, Event, Spec

Json = dict[str, Any]
_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_ABOUT = (
    "The facts the services tell each other. Records of one key stay in order within a topic; between topics and keys "
    "there is no order. Every event may come more than once: its id says so."
)


def document(
    specs: Sequence[Spec], samples: Mapping[str, Json], listeners: Mapping[str, Sequence[type[Event]]]
) -> Json:
    """Return the document. `samples` by event type, `listeners` by service: the event types it handles."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "校农云 Schooling-and-Farming Cloud: events", "version": "1", "description": _ABOUT},
        "defaultContentType": "application/cloudevents+json",
        "channels": {**_channels(specs), **{_dead(s): _dead_letter_channel(s) for s in sorted(listeners)}},
        "operations": {**_sends(specs), **_receives(listeners), **_dead_letter_operations(sorted(listeners))},
        "components": {
            "messages": {
                **{spec.type: _message(spec, samples.get(spec.type)) for spec in specs},
                "DeadLetter": _dead_letter(),
            },
        },
    }


def _channels(specs: Sequence[Spec]) -> Json:
    return {
        topic: {
            "address": topic,
            "messages": {spec.type: _message_ref(spec.type) for spec in _of_topic(specs, topic)},
            "bindings": {"kafka": {"topic": topic, "partitions": PARTITIONS, "bindingVersion": "0.5.0"}},
        }
        for topic in sorted({spec.topic for spec in specs})
    }


def _sends(specs: Sequence[Spec]) -> Json:
    return {
        f"{topic}.send": {
            "action": "send",
            "title": f"{_of_topic(specs, topic)[0].service} tells",
            **_about(topic, [spec.type for spec in _of_topic(specs, topic)]),
        }
        for topic in sorted({spec.topic for spec in specs})
    }


def _receives(listeners: Mapping[str, Sequence[type[Event]]]) -> Json:
    operations: Json = {}
    for service, models in sorted(listeners.items()):
        heard = sorted((model.SPEC for model in models), key=lambda spec: spec.type)
        for topic in sorted({spec.topic for spec in heard}):
            operations[f"{topic}.receive.{service}"] = {
                "action": "receive",
                "title": f"{service} listens",
                **_about(topic, [spec.type for spec in _of_topic(heard, topic)]),
                "bindings": {"kafka": {"groupId": {"type": "string", "enum": [service]}, "bindingVersion": "0.5.0"}},
            }
    return operations


def _about(topic: str, names: Iterable[str]) -> Json:
    channel = f"#/channels/{topic}"
    return {"channel": {"$ref": channel}, "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names]}


def _message(spec: Spec, sample: Json | None) -> Json:
    headers = {"ce_id": {"type": "string"}, "ce_type": {"type": "string", "const": spec.type}}
    key = f"`{spec.key_field}`: events of one are in order"
    message: Json = {
        "name": spec.type,
        "title": spec.name,
        "summary": (spec.model.__doc__ or spec.name).strip().splitlines()[0],
        "contentType": "application/cloudevents+json",
        "headers": {"type": "object", "required": sorted(headers), "properties": headers},
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": _envelope(spec)},
        "bindings": {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": "0.5.0"}},
    }
    if sample is not None:
        message["examples"] = [{"headers": {"ce_id": sample["id"], "ce_type": spec.type}, "payload": sample}]
    return message


def _envelope(spec: Spec) -> Json:
    data = {key: value for key, value in resolved(schema_of(spec)).items() if not key.startswith(("$", "x-"))}
    return {
        "type": "object",
        "required": ["specversion", "id", "type", "source", "subject", "time", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "description": "UUIDv7; the same event has the same id however often it comes"},
            "type": {"const": spec.type},
            "source": {"const": f"/{spec.service}"},
            "subject": {"type": "string", "description": "the key"},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "traceparent": {"type": "string", "description": "W3C trace context of what caused the event"},
            "data": data,
        },
    }


def _dead(service: str) -> str:
    return f"{service}.dlt.v1"


def _dead_letter_channel(service: str) -> Json:
    return {"address": _dead(service), "messages": {"DeadLetter": _message_ref("DeadLetter")}}


def _dead_letter_operations(services: Sequence[str]) -> Json:
    told = {"action": "send", "title": "what could not be handled"}
    return {f"{_dead(service)}.send": {**told, **_about(_dead(service), ["DeadLetter"])} for service in services}


def _dead_letter() -> Json:
    place = {"type": "string", "description": "topic/partition@offset it was read from"}
    headers = {"dlt_place": place, "dlt_error": {"type": "string", "description": "why it could not be handled"}}
    return {
        "name": "DeadLetter",
        "summary": "The bytes of a record a service could not handle, with its headers and two more.",
        "headers": {"type": "object", "required": sorted(headers), "properties": headers},
    }


def _message_ref(name: str) -> Json:
    return {"$ref": f"#/components/messages/{name}"}


def _of_topic(specs: Sequence[Spec], topic: str) -> list[Spec]:
    return [spec for spec in specs if spec.topic == topic]
