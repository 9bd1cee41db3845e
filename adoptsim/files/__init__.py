"""The only reader and writer of YAML and CSV input: friendly, names file and line, collects all errors."""

from adoptsim.files.catalogue import Kind, folder_of, is_path, locate, shipped
from adoptsim.files.models import parse_model, read_model
from adoptsim.files.organisation import Records, build_from_records, content_digest, read_organisation, read_records
from adoptsim.files.own import AT, GENERATED_ONLY, name_in_own, split_own
from adoptsim.files.scenario import Scenario, json_schema, late_starts, load_scenario, scenario_text, yaml_text
from adoptsim.files.text import read_text, write_text
from adoptsim.files.wording import FieldProblem, wrong_fields

__all__ = [
    "AT",
    "GENERATED_ONLY",
    "FieldProblem",
    "Kind",
    "Records",
    "Scenario",
    "build_from_records",
    "content_digest",
    "folder_of",
    "is_path",
    "json_schema",
    "late_starts",
    "load_scenario",
    "locate",
    "name_in_own",
    "parse_model",
    "read_model",
    "read_organisation",
    "read_records",
    "read_text",
    "scenario_text",
    "shipped",
    "split_own",
    "write_text",
    "wrong_fields",
    "yaml_text",
]
