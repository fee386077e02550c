"""Plants against the packages whose formulas they follow, on one whole year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import pytest
import windpowerlib

from dafeng.core.errors import LookupFailure
from dafeng.energy.weather_years.figures import figures_of, values_of
from dafeng.energy.weather_years.generator import make_weather
from dafeng.energy.weather_years.plants import SUNNY, WINDY, read_plants
from dafeng.energy.weather_years.solar_power import solar_shares, split_light
from dafeng.energy.weather_years.sun import sun_over
from dafeng.energy.weather_years.wind_power import hub_speed, power_curve, wind_shares

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # those of the packages, about pandas
HEIGHT = 100.0
HOURS = pd.date_range("2023-01-01 00:30", periods=8760, freq="h", tz="Asia/Shanghai")


@pytest.fixture(scope="module")
def parameters():
    return values_of(figures_of("370600", "weather.csv"))


@pytest.fixture(scope="module")
def weather(parameters):
    return make_weather(parameters, [0])


@pytest.fixture(scope="module")
def sun(parameters):
    return sun_over(parameters["latitude"], parameters["longitude"], parameters["altitude"])


def test_the_sun_is_that_of_pvlib(parameters, sun):
    hours = pd.date_range("2023-01-01 00:30", periods=8760, freq="h", tz="Asia/Shanghai")
    seen = pvlib.solarposition.spa_python(
        hours, parameters["latitude"], parameters["longitude"], altitude=parameters["altitude"]
    )
    assert sun.zenith == pytest.approx(seen["zenith"].to_numpy(), abs=1e-6)


def test_light_is_split_as_pvlib_splits_it(sun, weather):
    light = split_light(sun, weather.irradiance)
    hours = HOURS[light.hours]
    known = pvlib.irradiance.erbs(weather.irradiance[0, light.hours], sun.zenith[light.hours], hours)
    assert light.sky[0] == pytest.approx(known["dhi"].to_numpy(), abs=1e-6)
    assert light.beam[0] == pytest.approx(known["dni"].to_numpy(), abs=1e-6)


@pytest.mark.parametrize("name", SUNNY)
def test_solar_shares_are_those_of_pvlib(sun, weather, name):
    plant, light = read_plants()[name], split_light(sun, weather.irradiance)
    zenith, azimuth, top = (one[light.hours] for one in (sun.zenith, sun.azimuth, sun.top))
    on_plane = pvlib.irradiance.get_total_irradiance(
        float(plant["tilt"]), float(plant["azimuth"]), zenith, azimuth, light.beam[0], light.whole[0], light.sky[0],
        dni_extra=top, albedo=float(plant["albedo"]), model="haydavies",
    )["poa_global"]  # fmt: skip
    cell = pvlib.temperature.ross(on_plane, weather.temperature[0, light.hours], noct=float(plant["cell_temperature"]))
    output = pvlib.pvsystem.pvwatts_dc(on_plane, cell, 1.0, -float(plant["heat_loss"])) * (1 - float(plant["losses"]))
    found = solar_shares(sun, light, weather.temperature, plant)
    assert found[0, light.hours] == pytest.approx(np.clip(output, 0, 1), abs=1e-9)


@pytest.mark.parametrize("name", WINDY)
def test_wind_shares_are_those_of_windpowerlib(parameters, weather, name):
    plant, speed = read_plants()[name], getattr(weather, WINDY[name])[0]
    shear = parameters[f"{WINDY[name]}_shear"]
    at_hub = windpowerlib.wind_speed.hellman(speed, HEIGHT, float(plant["hub_height"]), hellman_exponent=shear)
    made = windpowerlib.WindTurbine(hub_height=float(plant["hub_height"]), turbine_type=plant["turbine"])
    smooth = windpowerlib.power_curves.smooth_power_curve(
        made.power_curve["wind_speed"], made.power_curve["value"], turbulence_intensity=float(plant["turbulence"])
    )
    known = windpowerlib.power_output.power_curve(at_hub, smooth["wind_speed"], smooth["value"]) / made.nominal_power
    assert wind_shares(speed, plant, HEIGHT, shear) == pytest.approx(known * (1 - float(plant["losses"])), abs=1e-12)


def test_wind_grows_with_height():
    # 8 m/s at 100 m with exponent 0.14: 8 · 1.5^0.14 = 8.467 m/s at 150 m.
    assert hub_speed(np.array([8.0]), 100.0, 150.0, 0.14)[0] == pytest.approx(8.467, abs=1e-3)


def test_no_wind_gives_nothing_and_a_gale_stops_the_turbine():
    plant = read_plants()["onshore_wind"] | {"turbulence": "0"}
    assert wind_shares(np.array([0.0, 60.0]), plant, HEIGHT, 0.1).tolist() == [0.0, 0.0]


def test_a_full_wind_gives_all_but_the_losses():
    plant = read_plants()["onshore_wind"] | {"turbulence": "0", "losses": "0.1", "hub_height": "100"}
    assert wind_shares(np.array([15.0]), plant, HEIGHT, 0.1)[0] == pytest.approx(0.9)


def test_a_higher_hub_gives_more():
    speed = np.linspace(3, 12, 50)
    low, high = (wind_shares(speed, read_plants()["onshore_wind"] | {"hub_height": h}, HEIGHT, 0.16) for h in ("80", "140"))
    assert (high >= low).all()
    assert high.sum() > low.sum()


def test_an_unknown_turbine_is_refused():
    with pytest.raises(LookupFailure) as caught:
        power_curve("M99/1", 0.1)
    assert "“M99/1”" in caught.value.read("zh")
    assert "'M99/1'" in caught.value.read("en")
