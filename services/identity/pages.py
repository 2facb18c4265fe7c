"""Our few pages: without script, in Chinese and English, readable by who sees little and on an old phone."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.identity.words import LANGUAGES, WORDS

_STYLE = (
    "body{font:1.125rem/1.5 system-ui,sans-serif;margin:0;background:#f4f6f3;color:#1b241c}"
    "main{max-width:26rem;margin:0 auto;padding:1.5rem}"
    "h1{font-size:1.4rem}label{display:block;margin:1rem 0 .25rem;font-weight:600}"
    "input{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;border:1px solid #5c6b5e;border-radius:.3rem}"
    "button{font:inherit;margin-top:1.25rem;padding:.7rem 1.2rem;min-height:2.75rem;border:0;border-radius:.3rem;"
    "background:#1f6b32;color:#fff}a{color:#14572a}"
    "input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}"
    ".wrong{border-left:.3rem solid #b3261e;background:#fff;padding:.6rem .8rem}"
    "@media (prefers-color-scheme:dark){body{background:#141a15;color:#e8eee8}input{background:#1f2620;color:inherit}"
    ".wrong{background:#2a1a19}a{color:#8fd6a1}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def language_of(request: Request, asked: str = "") -> str:
    """Return the language of a page: what was asked for, else what the browser prefers, else Chinese."""
    accepted = (part.partition(";")[0] for part in request.headers.get("accept-language", "").split(","))
    for wanted in (*asked.split(), *accepted):
        language = wanted.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def page(
    language: str,
    title: str,
    parts: Iterable[str],
    *,
    status: int = 200,
    other: str | None = None,
    sends_to: str | None = None,
) -> HTMLResponse:
    """Return a page of parts that are HTML already; `title` is a name in the words.

    `other` is the address of the same page in the other language, `sends_to` where its form may lead.
    """
    words = WORDS[language]
    following = LANGUAGES[1 - LANGUAGES.index(language)]
    switch = ""
    if other is not None:
        name = escape(WORDS[following]["language"])
        switch = f'<p><a href="{escape(other)}" lang="{following}" hreflang="{following}">{name}</a></p>'
    body = (
        f'<!doctype html><html lang="{words["tag"]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(words[title])} · {escape(words['cloud'])}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(words[title])}</h1>{''.join(parts)}{switch}</main></body></html>"
    )
    return HTMLResponse(body, status, headers=_headers(sends_to))


def _headers(sends_to: str | None) -> dict[str, str]:
    target = ""
    if sends_to is not None:
        parts = urlsplit(sends_to)
        target = f" {parts.scheme}://{parts.netloc}"  # browsers ask for it when the form's answer leads there
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'{target}; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        # Not no-referrer: with it browsers hide whence a form comes, also from us.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Vary": "Accept-Language, Cookie",
    }


def form(action: str, hidden: Mapping[str, str], *parts: str) -> str:
    """Return a form that is posted."""
    kept = "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in hidden.items())
    return f'<form method="post" action="{escape(action)}">{kept}{"".join(parts)}</form>'


def text_field(name: str, label: str, value: str, *, autocomplete: str) -> str:
    """Return a labelled field for a line of text, which is not capitalised or corrected."""
    return (
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" value="{escape(value)}" '
        f'autocomplete="{autocomplete}" autocapitalize="none" spellcheck="false" required maxlength="64">'
    )


def password_field(name: str, label: str, *, autocomplete: str, hint: str = "") -> str:
    """Return a labelled field for a password."""
    described = f' aria-describedby="{name}-hint"' if hint else ""
    said = f'<p id="{name}-hint">{escape(hint)}</p>' if hint else ""
    return (
        f'<label for="{name}">{escape(label)}</label>{said}<input id="{name}" name="{name}" type="password" '
        f'autocomplete="{autocomplete}" required maxlength="200"{described}>'
    )


def button(label: str, **attributes: str) -> str:
    """Return a button that sends its form."""
    more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f'<button type="submit"{more}>{escape(label)}</button>'


def paragraph(text: str) -> str:
    """Return a paragraph."""
    return f"<p>{escape(text)}</p>"


def wrong(text: str) -> str:
    """Return a paragraph that says what is wrong; it is read out at once."""
    return f'<p class="wrong" role="alert">{escape(text)}</p>'
