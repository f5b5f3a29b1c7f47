"""The indices of the contract, made in Elasticsearch."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

import schemas
from pipeline.adapters.elastic_clients import client, translated
from pipeline.core.contracts import Difference, LiveIndex, Plan, flat_settings, is_dynamic, plan_index
from pipeline.settings import Settings

TEMPLATE_PRIORITY = 200


def apply_indices(
    settings: Settings, *, dry_run: bool = False, contract: Mapping[str, schemas.Index] | None = None
) -> list[Plan]:
    """Create the indices that are missing and add what may be added, unless one differs: then touch nothing.

    Returns what was (or with `dry_run` would be) done, index by index. Raises IndexUnavailable, ConfigError.
    """
    contract = schemas.indices() if contract is None else contract
    with closing(client(settings)) as elastic, translated("applying the indices"):
        lives = {name: _live(elastic, index) for name, index in contract.items()}
        plans = [_plan(elastic, index, lives[name]) for name, index in contract.items()]
        if not dry_run and all(plan.verdict != "refuse" for plan in plans):
            for plan in plans:
                _do(elastic, plan, contract[plan.name], lives[plan.name])
    return plans


def put_template(elastic: Elasticsearch, index: schemas.Index) -> None:
    """Whatever is created by the pattern of this index from now on keeps the contract."""
    elastic.indices.put_index_template(
        name=index.name,
        index_patterns=[index.pattern],
        priority=TEMPLATE_PRIORITY,
        version=index.version,
        template={"settings": dict(index.settings), "mappings": dict(index.mappings)},
    )


def _plan(elastic: Elasticsearch, index: schemas.Index, live: LiveIndex | None) -> Plan:
    """An index that bears the name of an alias was made by a writer that ran before `index apply`."""
    taken = tuple(
        Difference(path=f"alias {alias}", found="an index of that name", wanted=dict(options))
        for alias, options in index.aliases.items()
        if elastic.indices.exists(index=alias) and not elastic.indices.exists_alias(name=alias)
    )
    if taken:
        return Plan(name=index.name, verdict="refuse", refused=taken)
    return plan_index(index, live)


def _live(elastic: Elasticsearch, index: schemas.Index) -> LiveIndex | None:
    """The version of the index that readers see: it has the alias, or else is the latest there is."""
    versions = elastic.indices.get(index=index.pattern, flat_settings=True, ignore_unavailable=True).body
    if not versions:
        return None
    name = max(versions, key=lambda version: (_served(versions[version], index), version))
    found = versions[name]
    return LiveIndex(
        name=name, aliases=found["aliases"], settings=found["settings"], mappings=found["mappings"]
    )


def _served(found: Mapping[str, Any], index: schemas.Index) -> int:
    return 2 * (index.name in found["aliases"]) + bool(index.aliases.keys() & found["aliases"].keys())


def _do(elastic: Elasticsearch, plan: Plan, index: schemas.Index, live: LiveIndex | None) -> None:
    put_template(elastic, index)
    if live is None:
        _create(elastic, index)
    elif plan.verdict == "extend":
        _extend(elastic, index, live)


def _create(elastic: Elasticsearch, index: schemas.Index) -> None:
    """Another process may be creating the same index from the same contract."""
    try:
        elastic.indices.create(
            index=index.first, aliases=index.aliases, settings=index.settings, mappings=index.mappings
        )
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise


def _extend(elastic: Elasticsearch, index: schemas.Index, live: LiveIndex) -> None:
    settings = {name: value for name, value in flat_settings(index.settings).items() if is_dynamic(name)}
    elastic.indices.put_settings(index=live.name, settings=settings)
    elastic.indices.put_mapping(index=live.name, **index.mappings)
    for alias, options in index.aliases.items():
        if alias not in live.aliases:
            elastic.indices.put_alias(index=live.name, name=alias, **options)
