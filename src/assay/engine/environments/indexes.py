"""Where packages come from: pip's configuration handed over to uv, which does not read it.

Whoever set up pip for a mirror, for local wheels or for a CPU build of torch has set up assay by
that too. A setting that uv has of its own, by a variable or in a uv.toml, is left alone.
"""

from __future__ import annotations

import configparser
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from assay.core.errors import EnvironmentBuildError

# The variables and the uv.toml keys by which uv may have a setting of its own.
_DEFAULT = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "index-url")
_EXTRA = ("UV_INDEX", "UV_EXTRA_INDEX_URL", "index", "extra-index-url")
_LINKS = ("UV_FIND_LINKS", "find-links")
_NO_INDEX = ("no-index",)
_STRATEGY = ("UV_INDEX_STRATEGY", "index-strategy")
_INSECURE = ("UV_INSECURE_HOST", "allow-insecure-host")
_KEYRING = ("UV_KEYRING_PROVIDER", "keyring-provider")

_URL = re.compile(r"\b([a-z][a-z0-9+.-]*://)([^\s/`'\")]*@)?([^\s/`'\"),]*)(/[^\s`'\"),]*)?", re.I)


@dataclass(frozen=True, slots=True)
class Handover:
    """What to call uv with. `own_sources` says whether the user, by pip's or by uv's
    configuration, named any place for packages beside the public index."""

    variables: Mapping[str, str]
    arguments: tuple[str, ...]
    own_sources: bool
    secrets: frozenset[str]

    def redact(self, text: str) -> str:
        """The text without the user's secrets, and with every web address cut down to its host:
        some registries put the token into the path, and errors are pasted into issues."""
        for secret in self.secrets:
            text = text.replace(secret, "****")
        return _URL.sub(_cut, text)


def handover() -> Handover:
    """The user's configuration as uv takes it: variables to add, and arguments.

    Local indexes and find-links that do not exist are left out: pip shrugs at them, uv fails.
    Raises EnvironmentBuildError when a configuration file is there and cannot be understood.
    """
    pip, uv = _pip_settings(), _uv_keys() | set(filter(os.environ.get, os.environ))
    variables: dict[str, str] = {}

    def hand(values: Iterable[str], separator: str, known: tuple[str, ...]) -> None:
        text = separator.join(values)
        if text and uv.isdisjoint(known):
            variables[known[0]] = text

    no_index = pip.get("no-index", "").lower() in ("1", "true", "yes", "on", "t", "y")
    if not no_index:
        hand(_there(pip.get("index-url", "")), " ", _DEFAULT)
        hand(_there(pip.get("extra-index-url", "")), " ", _EXTRA)
    hand(_there(pip.get("find-links", "")), ",", _LINKS)
    hand(pip.get("trusted-host", "").split(), " ", _INSECURE)
    if pip.get("keyring-provider") == "subprocess":
        hand(["subprocess"], "", _KEYRING)
    if "UV_INDEX" in variables:
        # pip takes the best version of all indexes, uv the first index that knows the package.
        # With hashes pip's way is safe: a stranger's package of the same name does not match.
        hand(["unsafe-best-match"], "", _STRATEGY)
    variables |= _transport(pip)
    sources = {*_DEFAULT, *_EXTRA, *_LINKS, "no-index"}
    own = no_index or not sources.isdisjoint({*variables, *uv})
    no_index = no_index and uv.isdisjoint((*_NO_INDEX, *_DEFAULT, *_EXTRA))
    arguments = ("--no-index",) if no_index else ()
    return Handover(variables, arguments, own, _secrets(pip, os.environ))


def _cut(address: re.Match[str]) -> str:
    scheme, _, host, path = address.groups()
    if scheme.lower() == "file://":
        return address.group(0)
    return f"{scheme}{host}/…" if path and path != "/" else f"{scheme}{host}{path or ''}"


def _secrets(pip: Mapping[str, str], environ: Mapping[str, str]) -> frozenset[str]:
    """The passwords of all configured addresses, as written and decoded: a tool may print them
    outside of an address too."""
    addresses = [
        pip.get(key, "") for key in ("index-url", "extra-index-url", "find-links", "proxy")
    ]
    addresses += [environ.get(name, "") for name in (*_DEFAULT, *_EXTRA, *_LINKS)]
    found: set[str] = set()
    for address in re.split(r"[\s,]+", " ".join(addresses)):
        netloc = address.rpartition("://")[2].partition("/")[0]
        if "@" in netloc:
            user, _, password = netloc.rpartition("@")[0].partition(":")
            found |= {password or user, unquote(password or user)}
    # A word as short as `git` or `user` would tear holes into everything else.
    return frozenset(secret for secret in found if len(secret) > 5)


def _there(values: str) -> list[str]:
    """The locations of a list of pip's, without the local ones that do not exist."""
    kept = []
    for value in values.split():
        if "://" not in value:
            local = Path(value).expanduser()
            value = str(local.absolute())
        elif value.startswith("file:"):
            local = Path(unquote(urlsplit(value).path))
        else:
            kept.append(value)
            continue
        if local.exists():
            kept.append(value)
    return kept


def _transport(pip: Mapping[str, str]) -> dict[str, str]:
    """Certificates and proxy, where the usual variables for them are not set."""
    found: dict[str, str] = {}
    if (cert := pip.get("cert")) and Path(cert).exists():
        name = "SSL_CERT_DIR" if Path(cert).is_dir() else "SSL_CERT_FILE"
        if not {"SSL_CERT_FILE", "SSL_CERT_DIR"} & set(os.environ):
            found[name] = cert
    if (own := pip.get("client-cert")) and not os.environ.get("SSL_CLIENT_CERT"):
        found["SSL_CLIENT_CERT"] = own
    proxies = {"ALL_PROXY", "HTTPS_PROXY", "all_proxy", "https_proxy"}
    if (proxy := pip.get("proxy")) and not proxies & set(os.environ):
        found["ALL_PROXY"] = proxy
    return found


def _pip_settings() -> dict[str, str]:
    """pip's settings for `pip install`: files, then its sections in order, then variables."""
    sections: dict[str, dict[str, str]] = {"global": {}, "install": {}}
    for path in _pip_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError) as error:
            fault = type(error).__name__  # its text quotes lines, which may hold a password
            raise EnvironmentBuildError(
                f"pip's configuration {path} cannot be understood ({fault}): mend it, or set "
                f"PIP_CONFIG_FILE={os.devnull} to go without"
            ) from None
        for name, values in sections.items():
            if parser.has_section(name):
                for key, value in parser.items(name):
                    values[_pip_key(key)] = value or ""
    settings = {
        key: value for values in sections.values() for key, value in values.items() if value
    }
    for name, value in os.environ.items():
        if name.startswith("PIP_") and value:
            settings[_pip_key(name[len("PIP_") :])] = value
    return settings


def _pip_key(name: str) -> str:
    return name.lower().replace("_", "-").removeprefix("--")


def _pip_files() -> list[Path]:
    """pip's configuration files, later ones winning, as pip itself finds them on Linux."""
    chosen = os.environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    home = Path.home()
    shared = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    files = [Path(part) / "pip/pip.conf" for part in reversed(shared.split(os.pathsep)) if part]
    files.append(Path("/etc/pip.conf"))
    if not (chosen and Path(chosen).exists()):
        config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        files += [home / ".pip/pip.conf", config / "pip/pip.conf"]
    prefixes = dict.fromkeys([os.environ.get("VIRTUAL_ENV") or sys.prefix, sys.prefix])
    files += [Path(prefix) / "pip.conf" for prefix in prefixes]
    return files + ([Path(chosen)] if chosen else [])


def _uv_keys() -> set[str]:
    """The keys that uv's own configuration files set, as uv finds them: the file nearest to the
    working directory, then the user's, then the system's."""
    if chosen := os.environ.get("UV_CONFIG_FILE"):
        return _keys_of(Path(chosen))
    if os.environ.get("UV_NO_CONFIG"):
        return set()
    here = Path.cwd()
    near = [at / name for at in (here, *here.parents) for name in ("uv.toml", "pyproject.toml")]
    keys = next(filter(None, map(_keys_of, near)), set[str]())
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    for path in (config / "uv/uv.toml", Path("/etc/xdg/uv/uv.toml"), Path("/etc/uv/uv.toml")):
        keys |= _keys_of(path)
    return keys


def _keys_of(path: Path) -> set[str]:
    """A default index among `[[index]]` counts as `index-url`. What cannot be read is for uv to
    complain about."""
    try:
        table: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        if path.name == "pyproject.toml":
            table = table["tool"]["uv"]
        keys = {*table, *table.get("pip", {})}
        if any(index.get("default") for index in table.get("index", [])):
            keys.add("index-url")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()
    return keys
