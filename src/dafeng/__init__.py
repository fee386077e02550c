"""dafeng (达峰), the open-source city dual-carbon platform: the public verbs and types, nothing else.

Invariant: what stands here has the same name in the command line and in the addresses of the cockpit. Each is loaded
when it is first used, so that a small command starts fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dafeng.energy.interop.pypsa_objects import solve
    from dafeng.ledger.inclusion.bundles import aggregate_reductions, prove_event
    from dafeng.ledger.inclusion.reversal import reverse_event
    from dafeng.ledger.inclusion.rewards import erase_member, expire_points, inclusion_balance, redeem_points
    from dafeng.plans.edits import Change
    from dafeng.plans.plan import Plan
    from dafeng.plans.review import Review
    from dafeng.plans.schedule_document import schedule_document
    from dafeng.plans.scheduled import Schedule
    from dafeng.plans.storage import plan_document
    from dafeng.plans.tasklist import TaskList
    from dafeng.plans.tasklist_document import task_document
    from dafeng.work.account import Account, account
    from dafeng.work.account_document import account_document
    from dafeng.work.aggregate import Aggregate, aggregate
    from dafeng.work.aggregate_document import aggregate_document, save_aggregate
    from dafeng.work.allowances import Allowances, allowances
    from dafeng.work.assess import assess
    from dafeng.work.assessment import Assessment
    from dafeng.work.audit import accept, audit
    from dafeng.work.authorise import (
        Authorisation,
        authorisation_document,
        authorise,
        list_authorisations,
        withdraw_authorisation,
    )
    from dafeng.work.balance import EnergyAccount, balance
    from dafeng.work.brief import brief
    from dafeng.work.budget_document import budget_document
    from dafeng.work.budget_state import BudgetState
    from dafeng.work.budgets import book_budget, budgets, close_budget, freeze_budget, release_budget, show_budget
    from dafeng.work.city import City, init, open_city
    from dafeng.work.compare_approaches import ApproachComparison, approaches_document, compare_approaches
    from dafeng.work.compare_inventory import InventoryComparison, compare_inventory, comparison_rows
    from dafeng.work.compare_plans import PlanComparison, compare_plans
    from dafeng.work.comparison_document import comparison_document
    from dafeng.work.correct import Correction, correct, corrections
    from dafeng.work.credit_report import export_credit, verify_credit
    from dafeng.work.downscale import Downscaled, downscale, downscaled_document, keep_estimate
    from dafeng.work.enterprise_document import enterprise_document, enterprise_list, explain_enterprise
    from dafeng.work.enterprises import EnterpriseAccounts, enterprises
    from dafeng.work.explain import explain
    from dafeng.work.factor_import import FactorImport, import_factors
    from dafeng.work.factors import factor_conflicts, list_factors, match_factor, read_book, show_factor, warming_standards
    from dafeng.work.frozen import city_view
    from dafeng.work.future import Future
    from dafeng.work.hindcast import Hindcast, hindcast
    from dafeng.work.hindcast_document import hindcast_document
    from dafeng.work.hours_document import HoursView, hours, hours_document, save_hours
    from dafeng.work.inclusion import join_inclusion, open_inclusion, take_events
    from dafeng.work.ingest import Ingested, ingest
    from dafeng.work.inventory import Inventory, inventory, inventory_document
    from dafeng.work.job_document import job_document
    from dafeng.work.jobs import Job, cancel_job, find_job, job_moves, list_jobs, start_job
    from dafeng.work.judge import Verdicts, judge
    from dafeng.work.list_tasks import check_tasks, list_tasks, save_tasks
    from dafeng.work.lock import LockState, check_lock, lock_factors, update_lock
    from dafeng.work.maps import ImportedMap, import_map, map_document, read_outline
    from dafeng.work.measure import measure
    from dafeng.work.measures import CityMeasures, measures
    from dafeng.work.measures_document import measures_document, save_measures
    from dafeng.work.method_document import guide_documents, list_methods, method_document
    from dafeng.work.moves import Moves, what_moved
    from dafeng.work.network_files import read_network, write_network
    from dafeng.work.operate_years import OperatedYears, operate_years, years_document
    from dafeng.work.present import Site, present
    from dafeng.work.profiles import HourlyProfiles, import_profiles, profiles, profiles_document
    from dafeng.work.project import Projection, project
    from dafeng.work.publish import Published, publish
    from dafeng.work.publish_change import Decision, change_visibility
    from dafeng.work.publish_objects import Listed, check_objects, list_objects
    from dafeng.work.publish_rules import Visibility, read_visibility
    from dafeng.work.read_plan import read_plan, save_plan
    from dafeng.work.recalculate import Recalculations, recalculate
    from dafeng.work.reconcile import Reconciliation, reconcile
    from dafeng.work.report import name_report, report, report_template, save_report
    from dafeng.work.review import review, revise
    from dafeng.work.review_sheet import export_review, import_review
    from dafeng.work.save_brief import name_brief, save_brief
    from dafeng.work.save_inventory import save_inventory
    from dafeng.work.save_profiles import save_profiles
    from dafeng.work.scenario_files import read_scenario, save_scenarios
    from dafeng.work.scenario_iamc import read_iamc
    from dafeng.work.scenario_save import save_scenario
    from dafeng.work.scenarios import ScenarioTable, scenarios, scenarios_document
    from dafeng.work.schedule_tasks import save_schedule, save_task_tables, schedule_tasks
    from dafeng.work.scores import Scores
    from dafeng.work.settle import Settlement, settle
    from dafeng.work.solve_document import failed_document, solved_document
    from dafeng.work.solve_energy import SolvedEnergy, solve_energy
    from dafeng.work.template import template
    from dafeng.work.uncertainty import Quality, uncertainty
    from dafeng.work.uncertainty_document import quality_document, recalculation_document
    from dafeng.work.versions import confirm, list_versions, read_version
    from dafeng.work.view_energy import balance_document

__all__ = [
    "Account",
    "Aggregate",
    "Allowances",
    "ApproachComparison",
    "Assessment",
    "Authorisation",
    "BudgetState",
    "Change",
    "City",
    "CityMeasures",
    "Correction",
    "Decision",
    "Downscaled",
    "EnergyAccount",
    "EnterpriseAccounts",
    "FactorImport",
    "Future",
    "Hindcast",
    "HourlyProfiles",
    "HoursView",
    "ImportedMap",
    "Ingested",
    "Inventory",
    "InventoryComparison",
    "Job",
    "Listed",
    "LockState",
    "Moves",
    "OperatedYears",
    "Plan",
    "PlanComparison",
    "Projection",
    "Published",
    "Quality",
    "Recalculations",
    "Reconciliation",
    "Review",
    "ScenarioTable",
    "Schedule",
    "Scores",
    "Settlement",
    "Site",
    "SolvedEnergy",
    "TaskList",
    "Verdicts",
    "Visibility",
    "accept",
    "account",
    "account_document",
    "aggregate",
    "aggregate_document",
    "aggregate_reductions",
    "allowances",
    "approaches_document",
    "assess",
    "audit",
    "authorisation_document",
    "authorise",
    "balance",
    "balance_document",
    "book_budget",
    "brief",
    "budget_document",
    "budgets",
    "cancel_job",
    "change_visibility",
    "check_lock",
    "check_objects",
    "check_tasks",
    "city_view",
    "close_budget",
    "compare_approaches",
    "compare_inventory",
    "compare_plans",
    "comparison_document",
    "comparison_rows",
    "confirm",
    "correct",
    "corrections",
    "downscale",
    "downscaled_document",
    "enterprise_document",
    "enterprise_list",
    "enterprises",
    "erase_member",
    "expire_points",
    "explain",
    "explain_enterprise",
    "export_credit",
    "export_review",
    "factor_conflicts",
    "failed_document",
    "find_job",
    "freeze_budget",
    "guide_documents",
    "hindcast",
    "hindcast_document",
    "hours",
    "hours_document",
    "import_factors",
    "import_map",
    "import_profiles",
    "import_review",
    "inclusion_balance",
    "ingest",
    "init",
    "inventory",
    "inventory_document",
    "job_document",
    "job_moves",
    "join_inclusion",
    "judge",
    "keep_estimate",
    "list_authorisations",
    "list_factors",
    "list_jobs",
    "list_methods",
    "list_objects",
    "list_tasks",
    "list_versions",
    "lock_factors",
    "map_document",
    "match_factor",
    "measure",
    "measures",
    "measures_document",
    "method_document",
    "name_brief",
    "name_report",
    "open_city",
    "open_inclusion",
    "operate_years",
    "plan_document",
    "present",
    "profiles",
    "profiles_document",
    "project",
    "prove_event",
    "publish",
    "quality_document",
    "read_book",
    "read_iamc",
    "read_network",
    "read_outline",
    "read_plan",
    "read_scenario",
    "read_version",
    "read_visibility",
    "recalculate",
    "recalculation_document",
    "reconcile",
    "redeem_points",
    "release_budget",
    "report",
    "report_template",
    "reverse_event",
    "review",
    "revise",
    "save_aggregate",
    "save_brief",
    "save_hours",
    "save_inventory",
    "save_measures",
    "save_plan",
    "save_profiles",
    "save_report",
    "save_scenario",
    "save_scenarios",
    "save_schedule",
    "save_task_tables",
    "save_tasks",
    "scenarios",
    "scenarios_document",
    "schedule_document",
    "schedule_tasks",
    "settle",
    "show_budget",
    "show_factor",
    "solve",
    "solve_energy",
    "solved_document",
    "start_job",
    "take_events",
    "task_document",
    "template",
    "uncertainty",
    "update_lock",
    "verify_credit",
    "warming_standards",
    "what_moved",
    "withdraw_authorisation",
    "write_network",
    "years_document",
]

_HOMES: Mapping[str, str] = {
    "verify_credit": "work.credit_report",
    "export_credit": "work.credit_report",
    "authorisation_document": "work.authorise",
    "list_authorisations": "work.authorise",
    "withdraw_authorisation": "work.authorise",
    "authorise": "work.authorise",
    "Authorisation": "work.authorise",
    "explain_enterprise": "work.enterprise_document",
    "enterprise_list": "work.enterprise_document",
    "enterprise_document": "work.enterprise_document",
    "enterprises": "work.enterprises",
    "EnterpriseAccounts": "work.enterprises",
    "budget_document": "work.budget_document",
    "close_budget": "work.budgets",
    "release_budget": "work.budgets",
    "freeze_budget": "work.budgets",
    "book_budget": "work.budgets",
    "show_budget": "work.budgets",
    "budgets": "work.budgets",
    "BudgetState": "work.budget_state",
    "open_inclusion": "work.inclusion",
    "join_inclusion": "work.inclusion",
    "take_events": "work.inclusion",
    "redeem_points": "ledger.inclusion.rewards",
    "expire_points": "ledger.inclusion.rewards",
    "erase_member": "ledger.inclusion.rewards",
    "inclusion_balance": "ledger.inclusion.rewards",
    "aggregate_reductions": "ledger.inclusion.bundles",
    "prove_event": "ledger.inclusion.bundles",
    "reverse_event": "ledger.inclusion.reversal",
    "Decision": "work.publish_change",
    "Listed": "work.publish_objects",
    "Published": "work.publish",
    "Visibility": "work.publish_rules",
    "change_visibility": "work.publish_change",
    "check_objects": "work.publish_objects",
    "list_objects": "work.publish_objects",
    "publish": "work.publish",
    "read_visibility": "work.publish_rules",
    "Job": "work.jobs",
    "Moves": "work.moves",
    "cancel_job": "work.jobs",
    "find_job": "work.jobs",
    "job_document": "work.job_document",
    "job_moves": "work.jobs",
    "list_jobs": "work.jobs",
    "start_job": "work.jobs",
    "what_moved": "work.moves",
    "Account": "work.account",
    "Aggregate": "work.aggregate",
    "ApproachComparison": "work.compare_approaches",
    "Assessment": "work.assessment",
    "Change": "plans.edits",
    "City": "work.city",
    "Downscaled": "work.downscale",
    "EnergyAccount": "work.balance",
    "FactorImport": "work.factor_import",
    "Hindcast": "work.hindcast",
    "HourlyProfiles": "work.profiles",
    "Correction": "work.correct",
    "Ingested": "work.ingest",
    "Inventory": "work.inventory",
    "InventoryComparison": "work.compare_inventory",
    "LockState": "work.lock",
    "Plan": "plans.plan",
    "PlanComparison": "work.compare_plans",
    "Future": "work.future",
    "Projection": "work.project",
    "Quality": "work.uncertainty",
    "Recalculations": "work.recalculate",
    "Reconciliation": "work.reconcile",
    "Review": "plans.review",
    "Scores": "work.scores",
    "Site": "work.present",
    "TaskList": "plans.tasklist",
    "Verdicts": "work.judge",
    "accept": "work.audit",
    "account": "work.account",
    "account_document": "work.account_document",
    "aggregate": "work.aggregate",
    "aggregate_document": "work.aggregate_document",
    "approaches_document": "work.compare_approaches",
    "assess": "work.assess",
    "audit": "work.audit",
    "balance": "work.balance",
    "balance_document": "work.view_energy",
    "brief": "work.brief",
    "check_lock": "work.lock",
    "check_tasks": "work.list_tasks",
    "city_view": "work.frozen",
    "compare_approaches": "work.compare_approaches",
    "compare_inventory": "work.compare_inventory",
    "compare_plans": "work.compare_plans",
    "comparison_document": "work.comparison_document",
    "comparison_rows": "work.compare_inventory",
    "confirm": "work.versions",
    "downscale": "work.downscale",
    "downscaled_document": "work.downscale",
    "correct": "work.correct",
    "corrections": "work.correct",
    "explain": "work.explain",
    "export_review": "work.review_sheet",
    "factor_conflicts": "work.factors",
    "import_factors": "work.factor_import",
    "import_profiles": "work.profiles",
    "import_review": "work.review_sheet",
    "guide_documents": "work.method_document",
    "ingest": "work.ingest",
    "init": "work.city",
    "inventory": "work.inventory",
    "inventory_document": "work.inventory",
    "judge": "work.judge",
    "keep_estimate": "work.downscale",
    "list_factors": "work.factors",
    "list_methods": "work.method_document",
    "list_tasks": "work.list_tasks",
    "list_versions": "work.versions",
    "lock_factors": "work.lock",
    "match_factor": "work.factors",
    "measure": "work.measure",
    "name_brief": "work.save_brief",
    "name_report": "work.report",
    "method_document": "work.method_document",
    "open_city": "work.city",
    "plan_document": "plans.storage",
    "present": "work.present",
    "profiles": "work.profiles",
    "profiles_document": "work.profiles",
    "project": "work.project",
    "quality_document": "work.uncertainty_document",
    "read_book": "work.factors",
    "read_plan": "work.read_plan",
    "read_version": "work.versions",
    "recalculate": "work.recalculate",
    "recalculation_document": "work.uncertainty_document",
    "reconcile": "work.reconcile",
    "report": "work.report",
    "report_template": "work.report",
    "review": "work.review",
    "revise": "work.review",
    "save_aggregate": "work.aggregate_document",
    "save_brief": "work.save_brief",
    "save_report": "work.report",
    "save_inventory": "work.save_inventory",
    "save_plan": "work.read_plan",
    "save_profiles": "work.save_profiles",
    "save_tasks": "work.list_tasks",
    "show_factor": "work.factors",
    "task_document": "plans.tasklist_document",
    "template": "work.template",
    "uncertainty": "work.uncertainty",
    "update_lock": "work.lock",
    "warming_standards": "work.factors",
    "OperatedYears": "work.operate_years",
    "operate_years": "work.operate_years",
    "years_document": "work.operate_years",
    "HoursView": "work.hours_document",
    "hindcast": "work.hindcast",
    "hindcast_document": "work.hindcast_document",
    "hours": "work.hours_document",
    "CityMeasures": "work.measures",
    "measures": "work.measures",
    "measures_document": "work.measures_document",
    "save_measures": "work.measures_document",
    "hours_document": "work.hours_document",
    "save_hours": "work.hours_document",
    "ImportedMap": "work.maps",
    "import_map": "work.maps",
    "map_document": "work.maps",
    "read_outline": "work.maps",
    "ScenarioTable": "work.scenarios",
    "Schedule": "plans.scheduled",
    "read_iamc": "work.scenario_iamc",
    "read_scenario": "work.scenario_files",
    "save_scenario": "work.scenario_save",
    "save_scenarios": "work.scenario_files",
    "scenarios": "work.scenarios",
    "scenarios_document": "work.scenarios",
    "SolvedEnergy": "work.solve_energy",
    "solve_energy": "work.solve_energy",
    "solved_document": "work.solve_document",
    "failed_document": "work.solve_document",
    "solve": "energy.interop.pypsa_objects",
    "read_network": "work.network_files",
    "save_schedule": "work.schedule_tasks",
    "save_task_tables": "work.schedule_tasks",
    "schedule_document": "plans.schedule_document",
    "schedule_tasks": "work.schedule_tasks",
    "write_network": "work.network_files",
    "Allowances": "work.allowances",
    "Settlement": "work.settle",
    "allowances": "work.allowances",
    "settle": "work.settle",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dafeng' has no attribute '{name}'")
    return getattr(import_module(f"dafeng.{_HOMES[name]}"), name)
