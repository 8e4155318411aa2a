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
from hustings.core.count.figures import grouped
from hustings.core.count.options import (
    AvOptions,
    PluralityOptions,
    ScottishOptions,
    TieOptions,
    as_mapping,
)
from hustings.core.count.path_file import path_lines
from hustings.core.count.paths import Paths
from hustings.core.count.quota import droop_quota, exact_droop_quota
from hustings.core.count.record import (
    CountRecord,
    Inactive,
    Stage,
    Tie,
    Transfer,
)
from hustings.core.count.record_json import from_json, record_text, to_json
from hustings.core.count.refusals import (
    CountingRuleUnknown,
    CountRefused,
    NobodyEligible,
    OptionInvalid,
    RecordInvalid,
    SeatsInvalid,
    TieUnbroken,
    UnknownCandidate,
    WeightInvalid,
)
from hustings.core.count.rules import (
    COUNTING_RULES,
    CountingRule,
    count,
    counting_rule_named,
    options_for,
)

__all__ = [
    "COUNTING_RULES",
    "OVERVOTED",
    "SKIPPED",
    "AvOptions",
    "Ballots",
    "CountRecord",
    "CountRefused",
    "Counted",
    "CountingRule",
    "CountingRuleUnknown",
    "Inactive",
    "Mark",
    "NobodyEligible",
    "OptionInvalid",
    "Paths",
    "PluralityOptions",
    "Ranking",
    "RecordInvalid",
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
    "counting_rule_named",
    "droop_quota",
    "exact_droop_quota",
    "from_json",
    "grouped",
    "options_for",
    "path_lines",
    "record_text",
    "to_json",
]
