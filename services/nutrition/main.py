"""The nutrition service: what it is made of."""

from fastapi import FastAPI

from services.nutrition.access import access
from services.nutrition.analysis import api as analyses
from services.nutrition.attendance import api as attendance
from services.nutrition.audited import audited
from services.nutrition.canteens import api as canteens
from services.nutrition.closures import api as closures
from services.nutrition.counts import api as counts
from services.nutrition.cycles import api as cycles
from services.nutrition.dishes import api as dishes
from services.nutrition.dishes.usecases import sum_up_feedback
from services.nutrition.dishphotos import api as dishphotos
from services.nutrition.disposals import api as disposals
from services.nutrition.drafts import api as drafts
from services.nutrition.enrolment import api as enrolment
from services.nutrition.enrolment.usecases import come_due
from services.nutrition.feedback import api as feedback
from services.nutrition.foods import api as foods
from services.nutrition.forecasts import api as forecasts
from services.nutrition.forecasts.usecases import tell_due
from services.nutrition.funding import api as funding
from services.nutrition.groups import api as groups
from services.nutrition.handlers import handlers
from services.nutrition.kitchen import api as kitchen
from services.nutrition.leftovers import api as leftovers
from services.nutrition.market import api as market
from services.nutrition.meal_logs import api as meal_logs
from services.nutrition.menus import api as menus
from services.nutrition.names import api as names
from services.nutrition.overrides import api as overrides
from services.nutrition.patterns import api as patterns
from services.nutrition.plans import api as plans
from services.nutrition.plans.runs import run_waiting as plan_menus
from services.nutrition.problems import api as problems
from services.nutrition.registry import api as registry
from services.nutrition.rounds import api as rounds
from services.nutrition.rounds.runs import CountyPlans
from services.nutrition.samples import api as samples
from services.nutrition.servings import api as servings
from services.nutrition.standards import api as standards
from services.nutrition.stocks import api as stocks
from services.nutrition.tables import Table
from services.nutrition.temperatures import api as temperatures
from services.nutrition.templates import api as templates
from services.nutrition.weekly import api as weekly
from shared.audit.service import with_audit
from shared.operations import with_operations
from shared.service import Definition, Job
from shared.standalone import standalone_app

_audited = with_audit(
    Definition(
        name="nutrition",
        title="Nutrition: canteens, dishes, menus, servings",
        routers=[
            *(slice_.router for slice_ in (foods, names, overrides, standards, market, dishes, canteens, patterns)),
            standards.of_foods,
            dishphotos.router,
            *(slice_.router for slice_ in (enrolment, closures, attendance, funding, registry)),
            *(slice_.router for slice_ in (stocks, counts, disposals, menus, drafts, analyses)),
            *(slice_.router for slice_ in (groups, weekly, templates, cycles, forecasts)),
            *(slice_.router for slice_ in (plans, rounds)),
            *(slice_.router for slice_ in (servings, temperatures, leftovers, samples, meal_logs)),
            *(slice_.router for slice_ in (feedback, problems, kitchen)),
        ],
        handlers=handlers,
        metadata=Table.metadata,
        access=access,
        jobs=[
            Job("plan", plan_menus, 1.0),
            Job("county-plans", CountyPlans().run_waiting, 1.0),
            Job("feedback", sum_up_feedback, 10.0),
            Job("enrolment", come_due, 3600.0),
            Job("forecast", tell_due, 60.0),
        ],
    ),
    audited,
)
definition = with_operations(_audited)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
