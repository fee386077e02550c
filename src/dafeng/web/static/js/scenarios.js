/* The scenario page: charts of several scenarios, and a form that is answered while it is moved. */
(function () {
  "use strict";
  const { kinds, token, write, unit, tip, phone, renew } = dafeng.charts;
  const { years, values, line, mark, grid, dodge, roof } = dafeng.series;
  const words = () => dafeng.words;
  const colours = ["s-8", "s-4", "s-2", "s-3", "s-1"];
  const WAIT = 40;

  /* The reader's own scenario has the first colour in every chart; several views of it have one each. */
  function colour(one, data) {
    if (data.legend) return token(["s-1", "s-2", "s-4"][one.colour]);
    return token(one.main ? "s-1" : colours[one.colour % 4]);
  }

  kinds.scenario = (data) => {
    const lists = data.series.map((one) => one.values);
    const legend = data.legend || (phone() && !data.small);
    const whole = roof(Math.max(...lists.flat().filter((value) => value !== null), 0)) || 1;
    const apart = dodge(data.series.map((one) => [one.id, (one.values.at(-1) ?? 0) / whole]), 320, 17);
    const drawn = data.series.map((one) => line(one.id, one.name, one.values, {
      colour: colour(one, data),
      line: { width: one.main ? 2.6 : 1.6, type: one.dashed ? [4, 3] : "solid", opacity: one.dashed ? 0.75 : 1 },
      more: {
        z: one.main ? 4 : 2,
        endLabel: { show: !phone() && !data.small && !data.legend, formatter: one.name, color: colour(one, data), fontWeight: one.main ? 600 : 400, distance: 6, offset: [0, apart.get(one.id)] },
      },
    }));
    if (!data.small && !data.legend) drawn[0].markLine = mark(2030, "2030");
    return {
      option: {
        grid: { ...grid(data.small || data.legend ? 14 : 118), ...(data.small ? { top: 10, bottom: 4 } : {}), ...(legend ? { bottom: 44 } : {}) },
        legend: legend ? { bottom: 0, left: 0, data: data.series.filter((one) => !one.dashed).map((one) => one.name) } : { show: false },
        xAxis: data.small || data.legend ? { ...years(data.years), axisLabel: { interval: (at, text) => Number(text) % 10 === 0 } } : years(data.years),
        yAxis: { ...values([...lists, [0]]), splitNumber: data.small ? 3 : 4 },
        tooltip: { trigger: "axis", confine: true, formatter: (all) => tip(`${data.years[all[0].dataIndex]} · ${data.unit}`, data.series.map((one) => [one.name, write(one.values[all[0].dataIndex]) + (data.unit === "%" ? "%" : "")])) },
        series: drawn,
      },
      head: [words().year, ...data.series.map((one) => `${one.name} (${data.unit})`)],
      rows: data.years.map((year, at) => [year, ...data.series.map((one) => one.values[at])]),
    };
  };

  function said(input) {
    const value = Number(input.value) * Number(input.dataset.factor);
    const signed = "signed" in input.dataset;
    const text = write(Number(value.toPrecision(6)));
    const name = input.dataset.unit;
    return (signed && value > 0 ? "+" : "") + text + (name === "%" ? "%" : (/^[\u4e00-\u9fff]/.test(name) ? "\u202f" : "\u00a0") + name);
  }

  function show(input) {
    const place = input.closest(".slider");
    const moved = Number(input.value) !== Number(input.dataset.start);
    place.classList.toggle("is-moved", moved);
    place.querySelector("output").textContent = said(input);
    place.querySelector(".slider-back").hidden = !moved;
    input.setAttribute("aria-valuetext", said(input));
  }

  const SIDES = ["left", "left_year", "right", "right_year"];
  function sides(form) { return SIDES.map((name) => form.elements[name].value).join("."); }

  /* What the form says, without what nobody touched. */
  function asked(form) {
    const found = new URLSearchParams();
    const left = ["was", "sides"];
    if (!("told" in form.dataset)) left.push("shown", "beside");
    if (sides(form) === form.elements.sides.value) left.push(...SIDES);
    new FormData(form).forEach((value, name) => {
      const slider = form.querySelector(`input[type="range"][name="${name}"]`);
      if (left.includes(name) || value === "" || (slider && Number(slider.value) === Number(slider.dataset.start))) return;
      found.append(name, value);
    });
    return found;
  }

  /* Sides that nobody touched follow the scenario; those that were chosen stay. */
  function follow(form, text) {
    const usual = sides(form) === form.elements.sides.value;
    if (!usual || !text) return;
    text.split(".").forEach((value, at) => { form.elements[SIDES[at]].value = value; });
    form.elements.sides.value = text;
  }

  function begin(form) {
    if (phone()) form.querySelectorAll("details").forEach((part) => { part.open = part.querySelector(".is-moved") !== null; });
    const refusal = document.getElementById("scenario-refusal");
    const sliders = [...form.querySelectorAll('input[type="range"]')];
    let waiting = 0, latest = 0, running = false, again = false;

    function put(found) {
      document.getElementById("unknown-choice")?.remove();
      Object.entries(found.parts).forEach(([name, text]) => { document.getElementById("scenario-" + name).innerHTML = text; });
      Object.entries(found.charts).forEach(([name, data]) => {
        const figure = document.getElementById("chart-" + name);
        if (figure) renew(figure, data);
      });
      sliders.forEach((input) => {
        const untouched = Number(input.value) === Number(input.dataset.start);
        input.dataset.start = found.starts[input.name];
        if (untouched) input.value = found.starts[input.name];
        show(input);
      });
      follow(form, found.sides);
      history.replaceState(history.state, "", location.pathname + (found.address ? "?" + found.address : ""));
      document.querySelectorAll("[data-file]").forEach((link) => { link.href = link.dataset.file + (found.address ? "?" + found.address : ""); });
      document.querySelectorAll("[data-choice]").forEach((input) => { input.value = found.choice; });
      document.querySelectorAll("[data-login]").forEach((link) => { link.href = link.href.split("?")[0] + "?next=" + encodeURIComponent(link.dataset.login + (found.choice ? "?" + found.choice : "")); });
    }

    function refuse(told) {
      const text = told ? told.says[document.body.dataset.language === "zh" ? "zh" : "en"] : null;
      refusal.textContent = text ? `${text.what} ${text.expected} ${text.remedy}` : words().lost_scenario;
      refusal.hidden = false;
    }

    /* One request at a time: while one runs, only the last wish is kept. */
    async function ask() {
      if (running) { again = true; return; }
      running = true;
      again = false;
      latest += 1;
      form.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(`${form.dataset.live}?${asked(form)}`, { headers: { accept: "application/json" } });
        const told = await answer.json();
        if (answer.ok) { refusal.hidden = true; put(told); } else refuse(told);
      } catch {
        refuse(null);
      }
      running = false;
      form.removeAttribute("aria-busy");
      document.body.dataset.answered = String(latest);
      if (again) ask();
    }

    function soon(event) {
      if (event.target.form !== form) return;
      if (event.target.name === "beside") form.dataset.told = "";
      if (event.target.type === "range") show(event.target);
      if (event.type === "input" && event.target.type !== "range") return;
      clearTimeout(waiting);
      waiting = setTimeout(ask, WAIT);
    }

    document.addEventListener("input", soon);
    document.addEventListener("change", soon);
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
    form.addEventListener("click", (event) => {
      const back = event.target.closest("[data-back]");
      if (!back) return;
      const input = document.getElementById("s-" + back.dataset.back);
      input.value = input.dataset.start;
      show(input);
      input.focus();
      ask();
    });
    document.addEventListener("click", async (event) => {
      const copy = event.target.closest("#copy-address");
      if (!copy) return;
      const text = copy.textContent;
      try { await navigator.clipboard.writeText(location.href); } catch { window.prompt(text, location.href); return; }
      copy.textContent = copy.dataset.done;
      setTimeout(() => { copy.textContent = text; }, 1600);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("scenario-form");
    if (form) begin(form);
  });
})();
