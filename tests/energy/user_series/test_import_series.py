"""Import of series: files are written here by xarray and csv as atlite, renewables.ninja and spreadsheets lay them out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.core.errors import FileRefused, SettingError
from dafeng.energy.user_series.import_series import import_profiles

SHARE = np.linspace(0.0, 1.0, 8760)
HOURS_2019 = pd.date_range("2019-01-01", periods=8760, freq="h")


def rules(found):
    return [one.rule for one in found.findings]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def table(hours, values, head="time,share [1]"):
    return "\n".join([head, *(f"{hour},{value:.12g}" for hour, value in zip(hours, values, strict=True))])


def atlite(path, *, hours=HOURS_2019, engine="h5netcdf", **attributes):
    """Wind capacity factors of two places, as ``cutout.wind(..., per_unit=True)`` returns them."""
    values = np.stack([np.resize(SHARE, len(hours)), np.resize(SHARE, len(hours)) / 2], axis=1)
    made = xr.DataArray(
        values, dims=("time", "name"), coords={"time": hours, "name": ["Yantai", "Weihai"]}, name="specific_generation"
    )
    made.attrs = {"units": "p.u.", **attributes}
    made.to_netcdf(
        path, engine=engine, encoding={"time": {"units": "hours since 2019-01-01", "calendar": "proleptic_gregorian"}}
    )
    return path


def pypsa_eur(path):
    """A profile file of atlite with bins and years, potential and distance, as workflows keep it."""
    made = xr.Dataset(
        {
            "profile": (("year", "bus", "bin", "time"), SHARE[None, None, None, :]),
            "p_nom_max": (("bus", "bin"), [[1200.0]]),
        },
        coords={"time": HOURS_2019, "bus": ["CN0 37"], "bin": [0], "year": [2019]},
    )
    made.to_netcdf(path, engine="h5netcdf")
    return path


NINJA = """# Renewables.ninja Wind (Point API) - 37.5, 121.4
# Units: time in UTC, local_time in Asia/Shanghai, electricity in kW
# {"capacity": 1.0, "height": 100}
"""


def ninja(path):
    rows = zip(HOURS_2019, HOURS_2019 + pd.Timedelta("8h"), SHARE, strict=True)
    lines = [f"{utc:%Y-%m-%d %H:%M},{local:%Y-%m-%d %H:%M},{share:.12g}" for utc, local, share in rows]
    return write(path, NINJA + "time,local_time,electricity\n" + "\n".join(lines))


def test_an_atlite_file_comes_back_in_beijing_time(tmp_path):
    found = import_profiles(atlite(tmp_path / "wind.nc"), origin="derived")
    values = found.profiles.series("specific_generation.Yantai")
    # Hour 0 of Beijing is hour 16 of the day before in UTC: 8 hours come from the end, which were those beyond it.
    assert values[8:] == pytest.approx(SHARE[:-8])
    assert values[:8] == pytest.approx(SHARE[-8:])
    assert rules(found) == ["series.zone", "series.turned"]


def test_a_stated_zone_leaves_the_times(tmp_path):
    found = import_profiles(atlite(tmp_path / "wind.nc"), origin="derived", zone=8)
    assert found.profiles.series("specific_generation.Weihai") == pytest.approx(SHARE / 2)
    assert rules(found) == []


def test_classic_netcdf_is_the_same(tmp_path):
    modern = import_profiles(atlite(tmp_path / "a.nc"), origin="derived")
    classic = import_profiles(atlite(tmp_path / "b.nc", engine="scipy"), origin="derived")
    name = "specific_generation.Yantai"
    assert modern.profiles.series(name).tobytes() == classic.profiles.series(name).tobytes()


def test_lone_dimensions_give_no_label_and_potentials_are_told(tmp_path):
    found = import_profiles(pypsa_eur(tmp_path / "profile_onwind.nc"), origin="derived", zone=8)
    assert list(found.profiles.listed) == ["profile"]
    assert [one.at for one in found.findings if one.rule == "series.unread"] == ["profile_onwind.nc, p_nom_max"]


def test_packed_values_are_unpacked_and_absent_ones_are_gaps(tmp_path):
    made = xr.Dataset({"cf": ("time", SHARE.copy())}, coords={"time": HOURS_2019})
    made["cf"][100:102] = np.nan
    packed = {"cf": {"dtype": "int16", "scale_factor": 1e-4, "add_offset": 0.5, "_FillValue": -32768}}
    made.to_netcdf(tmp_path / "packed.nc", engine="h5netcdf", encoding=packed)
    with pytest.raises(FileRefused, match="2 hours lack in 1 places, the longest 2 hours from hour 100"):
        import_profiles(tmp_path / "packed.nc", origin="derived", zone=8)
    found = import_profiles(tmp_path / "packed.nc", origin="derived", zone=8, fill_hours=2)
    assert found.profiles.series("cf") == pytest.approx(SHARE, abs=1e-4)
    assert "series.filled" in rules(found)


def test_a_leapless_calendar_is_read(tmp_path):
    # Hour 59*24 of a year without leap days is 1 March 00:00, also in 2020, whose 29 February then lacks no value.
    made = xr.Dataset({"cf": ("time", SHARE)}, coords={"time": ("time", np.arange(8760) + 365 * 24)})
    made["time"].attrs = {"units": "hours since 2019-01-01", "calendar": "noleap"}
    made.to_netcdf(tmp_path / "cmip.nc", engine="h5netcdf")
    found = import_profiles(tmp_path / "cmip.nc", origin="derived", zone=8)
    assert found.profiles.series("cf") == pytest.approx(SHARE)


def test_a_ninja_file_is_read_in_utc(tmp_path):
    found = import_profiles(ninja(tmp_path / "ninja.csv"), origin="derived", names={"electricity": "offshore_wind"})
    assert found.profiles.series("offshore_wind")[8:] == pytest.approx(SHARE[:-8])
    assert rules(found) == ["series.unread", "series.zone", "series.turned", "series.no_unit"]


def test_a_local_table_needs_no_shift(tmp_path):
    found = import_profiles(write(tmp_path / "load.csv", table(HOURS_2019, SHARE)), origin="measured")
    assert found.profiles.series("share") == pytest.approx(SHARE)
    assert (found.profiles.listed["share"].origin, found.profiles.listed["share"].source) == ("measured", "load.csv")
    assert found.findings == ()


def test_a_leap_day_is_left_out_and_told(tmp_path):
    # 2020 has 8784 hours; with 1 in each hour of 29 February and 0 elsewhere all of the sum is lost.
    hours = pd.date_range("2020-01-01", periods=8784, freq="h")
    values = (hours.month == 2) & (hours.day == 29)
    found = import_profiles(write(tmp_path / "leap.csv", table(hours, values * 1.0)), origin="measured")
    assert found.profiles.series("share").sum() == 0
    assert "100.00%" in found.findings[0].says.en


def test_quarter_hours_are_averaged(tmp_path):
    quarters = pd.date_range("2019-01-01", periods=8760 * 4, freq="15min")
    found = import_profiles(write(tmp_path / "meter.csv", table(quarters, np.arange(8760 * 4) % 4 / 4)), origin="measured")
    assert found.profiles.series("share") == pytest.approx(np.full(8760, 0.375))
    assert rules(found) == ["series.averaged"]


def test_units_are_converted_and_told(tmp_path):
    heads = "时间,负荷（万千瓦）,占比[%],气温[K]"
    rows = [f"{hour:%Y/%m/%d %H:%M},{300},{40},{273.15}" for hour in HOURS_2019]
    path = tmp_path / "表.csv"
    path.write_bytes("\n".join([heads, *rows]).encode("gb18030"))
    found = import_profiles(path, origin="measured").profiles.listed
    assert [(one.values[0], one.unit) for one in found.values()] == [(3000.0, "MW"), (0.4, "1"), (0.0, "°C")]


def test_power_becomes_a_share_of_its_capacity(tmp_path):
    path = write(tmp_path / "farm.csv", table(HOURS_2019, SHARE * 500, "time,farm [MW]"))
    assert import_profiles(path, origin="measured", capacity_mw=500).profiles.series("farm") == pytest.approx(SHARE)


def test_rows_out_of_order_are_sorted_and_told(tmp_path):
    path = write(tmp_path / "mixed.csv", table(HOURS_2019[::-1], SHARE[::-1]))
    found = import_profiles(path, origin="measured")
    assert found.profiles.series("share") == pytest.approx(SHARE)
    assert rules(found) == ["series.order"]


def test_our_own_numbered_hours_are_read(tmp_path):
    path = write(tmp_path / "own.csv", table(range(8760), SHARE, "hour,share [1]"))
    assert import_profiles(path, origin="derived").profiles.series("share") == pytest.approx(SHARE)


def test_of_several_years_one_must_be_named(tmp_path):
    hours = pd.date_range("2018-01-01", periods=2 * 8760, freq="h")
    path = write(tmp_path / "two.csv", table(hours, np.r_[SHARE, SHARE / 2]))
    with pytest.raises(FileRefused, match="2018、2019"):
        import_profiles(path, origin="measured")
    assert import_profiles(path, origin="measured", year=2019).profiles.series("share") == pytest.approx(SHARE / 2)


def test_values_outside_a_share_are_told(tmp_path):
    found = import_profiles(write(tmp_path / "big.csv", table(HOURS_2019, SHARE * 2)), origin="measured")
    assert rules(found) == ["series.outside"]


def lacking_time():
    return "a,b\n1,2\n3,4\n"


def uneven():
    return "time,b\n2019-01-01 00:00,2\n2019-01-01 01:00\n"


def unreadable_time():
    return "time,b\n1 January,2\n2 January,4\n"


def repeated():
    return table([*HOURS_2019[:5], *HOURS_2019[4:]], np.r_[SHARE[:5], SHARE[4:]])


def three_hourly():
    return table(HOURS_2019[::3], SHARE[::3])


def half_a_year():
    return table(HOURS_2019[:4380], SHARE[:4380])


def words_only():
    return "time,b\n2019-01-01 00:00,windy\n"


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lacking_time, ("没有时间列", "none of the columns 'a, b' is a time")),
        (uneven, ("有 1 格", "1 cells under 2 heads")),
        (unreadable_time, ("“1 January”不是可读的时间", "'1 January' is no time")),
        (repeated, ("1 个时间重复", "1 times stand twice, the first is 2019-01-01T04:00:00")),
        (three_hourly, ("不能归为小时", "steps of 180 minutes do not make hours")),
        (half_a_year, ("有 0 个完整年份", "there are 0 whole years")),
        (words_only, ("没有数值列", "there is no column of numbers")),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path, made, says):
    path = write(tmp_path / "bad.csv", made())
    with pytest.raises(FileRefused) as caught:
        import_profiles(path, origin="measured")
    assert says[0] in caught.value.read("zh")
    assert says[1] in caught.value.read("en")


def test_a_map_is_refused(tmp_path):
    made = xr.DataArray(np.zeros((24, 20, 20)), dims=("time", "y", "x"), coords={"time": HOURS_2019[:24]}, name="wnd100m")
    made.to_netcdf(tmp_path / "cutout.nc", engine="h5netcdf")
    with pytest.raises(FileRefused, match="a field of 20 × 20"):
        import_profiles(tmp_path / "cutout.nc", origin="derived")


def test_a_file_without_time_is_refused(tmp_path):
    xr.Dataset({"a": ("x", [1.0])}).to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    with pytest.raises(FileRefused, match="no variable has a time"):
        import_profiles(tmp_path / "a.nc", origin="derived")


@pytest.mark.parametrize("content", [b"no netCDF", b"\x89HDF\r\n\x1a\nbroken", b"CDF\x01broken"])
def test_broken_netcdf_is_refused(tmp_path, content):
    (tmp_path / "a.nc").write_bytes(content)
    with pytest.raises(FileRefused):
        import_profiles(tmp_path / "a.nc", origin="derived")


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="no such file"):
        import_profiles(tmp_path / "none.csv", origin="derived")


def test_an_unknown_column_is_refused(tmp_path):
    path = write(tmp_path / "load.csv", table(HOURS_2019, SHARE))
    with pytest.raises(SettingError, match="wind"):
        import_profiles(path, origin="measured", names={"wind": "onshore_wind"})


@pytest.mark.parametrize("units", ["fortnights since 2019-01-01", "hours since then", "hours since 2019-01-01 00:00 +08:00"])
def test_a_time_that_is_not_understood_is_refused(tmp_path, units):
    made = xr.Dataset({"cf": ("time", SHARE)}, coords={"time": ("time", np.arange(8760))})
    made["time"].attrs = {"units": units}
    made.to_netcdf(tmp_path / "odd.nc", engine="h5netcdf")
    with pytest.raises(FileRefused, match="cannot be understood"):
        import_profiles(tmp_path / "odd.nc", origin="derived")


@pytest.mark.parametrize("option", [{"zone": 99}, {"capacity_mw": 0}, {"fill_hours": -1}])
def test_an_impossible_option_is_refused(tmp_path, option):
    path = write(tmp_path / "load.csv", table(HOURS_2019, SHARE))
    with pytest.raises(SettingError, match=next(iter(option))):
        import_profiles(path, origin="measured", **option)


def test_bounds_of_time_are_no_series(tmp_path):
    made = xr.Dataset(
        {"cf": ("time", SHARE), "time_bnds": (("time", "nv"), np.zeros((8760, 2)))}, coords={"time": ("time", np.arange(8760))}
    )
    made["time"].attrs = {"units": "hours since 2019-01-01", "bounds": "time_bnds"}
    made.to_netcdf(tmp_path / "era5.nc", engine="h5netcdf")
    found = import_profiles(tmp_path / "era5.nc", origin="derived", zone=8)
    assert list(found.profiles.listed) == ["cf"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"CDF\x01", b"CDF\x02", b"\x89HDF\r\n\x1a\n", b"time,a\n2019-01-01 00:00,1\n"]),
)
def test_no_content_causes_anything_but_a_refusal(tmp_path, content, head):
    for ending in (".nc", ".csv"):
        path = tmp_path / f"any{ending}"
        path.write_bytes(head + content)
        with pytest.raises(FileRefused):
            import_profiles(path, origin="derived")
