"""The compiled channel beside rule engines that people might pick instead: same rules, same patients, one run.

Run it with `make bench`.
"""

OURS = "ketascreen"
PEERS = {
    "zen-engine": "zen",
    "common-expression-language": "cel",
    "json-logic-qubit": "json_logic",
    "business-rules": "business_rules",
    "rule-engine": "rule_engine",
    "durable-rules": "durable.lang",
}
"""The peers by the name they are installed under, with the module that they are imported as."""
