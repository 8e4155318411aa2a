"""Counting: ranked ballots and a rule give a record in which every stage is explained.

This is the room's front door: other rooms import from here. Reading files is
`hustings.core.count.reading`, with a front door of its own.
"""

from hustings.core.count.ballots import (
    OVERVOTED,
    SKIPPED,
    Ballots,
    Mark,
    Ranking,
    Weight,
)
from hustings.core.count.counted import Counted
from hustings.core.count.options import (
    AvOptions,
    PluralityOptions,
    ScottishOptions,
    TieOptions,
    as_mapping,
)
from hustings.core.count.path_file import path_lines
from hustings.core.count.paths import Paths
from hustings.core.count.quota import droop_quota, exact_droop_quota, hare_quota
from hustings.core.count.record import (
    CountRecord,
    Inactive,
    Stage,
    Tie,
    Transfer,
)
from hustings.core.count.record_json import from_json, to_json
from hustings.core.count.refusals import (
    CountRefused,
    NobodyEligible,
    OptionInvalid,
    RecordInvalid,
    RuleUnknown,
    SeatsInvalid,
    TieUnbroken,
    UnknownCandidate,
    WeightInvalid,
)
from hustings.core.count.rules import RULES, Rule, count, options_for, rule_named

__all__ = [
    "OVERVOTED",
    "RULES",
    "SKIPPED",
    "AvOptions",
    "Ballots",
    "CountRecord",
    "CountRefused",
    "Counted",
    "Inactive",
    "Mark",
    "NobodyEligible",
    "OptionInvalid",
    "Paths",
    "PluralityOptions",
    "Ranking",
    "RecordInvalid",
    "Rule",
    "RuleUnknown",
    "ScottishOptions",
    "SeatsInvalid",
    "Stage",
    "Tie",
    "TieOptions",
    "TieUnbroken",
    "Transfer",
    "UnknownCandidate",
    "Weight",
    "WeightInvalid",
    "as_mapping",
    "count",
    "droop_quota",
    "exact_droop_quota",
    "from_json",
    "hare_quota",
    "options_for",
    "path_lines",
    "rule_named",
    "to_json",
]
