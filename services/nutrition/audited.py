"""What the changing requests of nutrition change (decision 50)."""

from services.nutrition.canteens.models import Canteen, Holiday
from services.nutrition.closures.models import Closure
from services.nutrition.counts.models import StockCount
from services.nutrition.cycles.models import MenuCycle
from services.nutrition.dishes.models import Dish
from services.nutrition.dishphotos.models import DishPhoto
from services.nutrition.disposals.models import FoodDisposal
from services.nutrition.drafts.models import MenuDraft
from services.nutrition.enrolment.models import Enrolment
from services.nutrition.foods.models import Food
from services.nutrition.funding.models import FundingClass, FundingCount
from services.nutrition.groups.models import CanteenGroup
from services.nutrition.meal_logs.models import MealLog
from services.nutrition.menus.models import Menu
from services.nutrition.overrides.models import FoodOverride
from services.nutrition.plans.models import MenuPlan, PlanningRun
from services.nutrition.problems.models import MealProblem
from services.nutrition.samples.models import Sample
from services.nutrition.servings.models import ServedMeal
from services.nutrition.tables import table_of
from services.nutrition.templates.models import MenuTemplate
from shared.audit.recording import Audited

audited = Audited(
    objects={
        "/canteen-groups": table_of(CanteenGroup),
        "/canteens": table_of(Canteen),
        "/canteens/{canteen_id}/closures": table_of(Closure),
        "/canteens/{canteen_id}/disposals": table_of(FoodDisposal),
        "/canteens/{canteen_id}/stock-counts": table_of(StockCount),
        "/closures": table_of(Closure),
        "/county-plans": table_of(PlanningRun),
        "/cycles": table_of(MenuCycle),
        "/dishes": table_of(Dish),
        "/dishes/{dish_code}/photo": table_of(DishPhoto),
        "/enrolments": table_of(Enrolment),
        "/food-overrides": table_of(FoodOverride),
        "/foods": table_of(Food),
        "/funding-classes": table_of(FundingClass),
        "/funding-counts": table_of(FundingCount),
        "/holidays": table_of(Holiday),
        "/meal-logs": table_of(MealLog),
        "/meals": table_of(ServedMeal),
        "/menu-drafts": table_of(MenuDraft),
        "/menu-plans": table_of(MenuPlan),
        "/menu-templates": table_of(MenuTemplate),
        "/menus": table_of(Menu),
        "/problems": table_of(MealProblem),
        "/samples": table_of(Sample),
    },
    passed_over={
        "POST /menu-analyses": "it computes and changes nothing",
        "POST /menu-analyses/lifts": "it computes and changes nothing",
        "POST /standards/{standard_id}/requirement": "it computes and changes nothing",
        "POST /menu-drafts/{draft_id}/check": "it judges and changes nothing",
        "POST /sample-readings": "readings of a thermometer, kept as they are",
    },
)
