"use strict";
// Pictures of the tables beside them: what is drawn is read from the rows, so the two cannot differ. Colours are the
// page's own; a click on a bar or a point opens what its row leads to.
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const pictures = new Map();

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const tokens = () => Object.fromEntries(["ink", "soft", "line", "line-strong", "surface", "late", "sunk"].map((name) => [name, token(`--${name}`)]));
  const rowsOf = (figure) => [...figure.querySelectorAll("tbody tr")].map((row) => row.dataset);
  const number = (text) => (text === "" || text === undefined ? null : Number(text));
  const days = (seconds) => (seconds === null ? null : Math.round(seconds / 864) / 100);

  function ground(colour) {
    const words = { color: colour.soft, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: parseFloat(getComputedStyle(document.body).fontSize) };
    const axis = { axisLine: { lineStyle: { color: colour["line-strong"] } }, axisTick: { show: false }, axisLabel: words, splitLine: { lineStyle: { color: colour.line } } };
    return {
      words,
      axis,
      option: {
        animation: !still.matches,
        animationDuration: 200,
        textStyle: words,
        grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
        legend: { top: 0, left: 0, itemWidth: 16, itemHeight: 12, textStyle: words, selectedMode: false },
        tooltip: {
          renderMode: "richText", trigger: "axis", confine: true, axisPointer: { type: "shadow", shadowStyle: { color: colour.sunk, opacity: 0.6 } },
          backgroundColor: colour.surface, borderColor: colour["line-strong"], textStyle: { ...words, color: colour.ink },
        },
      },
    };
  }

  const kinds = {
    bars(figure, colour) {
      const rows = rowsOf(figure);
      const { words, axis, option } = ground(colour);
      const said = figure.dataset;
      const allowed = number(said.allowed);
      const width = rows.length ? Number(rows[0].high) - Number(rows[0].low) : 1;
      const series = (name, key, fill) => ({
        name, type: "bar", stack: "all", barCategoryGap: "12%", cursor: "pointer", itemStyle: { color: fill }, data: rows.map((row) => Number(row[key])),
      });
      const kept = series(said.wordsKept, "kept", colour["line-strong"]);
      if (allowed !== null && rows.length) {
        const place = Math.min(allowed / width, rows.length) - 0.5;
        kept.markLine = {
          symbol: "none", silent: true, lineStyle: { color: colour.ink, type: "dashed", width: 2 },
          label: { formatter: said.wordsAllowed, color: colour.ink, fontSize: words.fontSize, position: "end" }, data: [{ xAxis: place }],
        };
      }
      return {
        ...option,
        xAxis: { ...axis, type: "category", data: rows.map((row) => row.words.split("–")[0]) },
        yAxis: { ...axis, type: "value", minInterval: 1 },
        series: [kept, series(said.wordsMissed, "missed", colour.late)],
        tooltip: { ...option.tooltip, formatter: (found) => [rows[found[0].dataIndex].words, ...found.map((one) => `${one.seriesName} ${one.value}`)].join("\n") },
      };
    },

    trend(figure, colour) {
      const rows = rowsOf(figure);
      const { axis, option } = ground(colour);
      const said = figure.dataset;
      const line = (name, key, type, fill) => ({
        name, type: "line", symbolSize: 8, connectNulls: false, cursor: "pointer", lineStyle: { color: fill, width: 2, type }, itemStyle: { color: fill },
        data: rows.map((row) => days(number(row[key]))),
      });
      const shares = {
        name: said.wordsShare, type: "bar", yAxisIndex: 1, cursor: "pointer", itemStyle: { color: colour.sunk, borderColor: colour["line-strong"] }, z: 1,
        data: rows.map((row) => (row.share === "" ? null : Math.round(Number(row.share) * 100))),
      };
      return {
        ...option,
        xAxis: { ...axis, type: "category", data: rows.map((row) => row.words) },
        yAxis: [
          { ...axis, type: "value", min: 0, axisLabel: { ...axis.axisLabel, formatter: `{value} ${said.wordsDays}` } },
          { ...axis, type: "value", min: 0, max: 100, splitLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: "{value}%" } },
        ],
        series: [shares, line(said.wordsMedian, "median", "solid", colour.ink), line(said.wordsP80, "p80", "dashed", colour.soft)],
        tooltip: {
          ...option.tooltip,
          formatter: (found) => [rows[found[0].dataIndex].words, ...found.filter((one) => one.value !== null && one.value !== undefined).map((one) => `${one.seriesName} ${one.value}${one.seriesIndex ? ` ${said.wordsDays}` : "%"}`)].join("\n"),
        },
      };
    },

    split(figure, colour) {
      const rows = rowsOf(figure);
      const { words, axis, option } = ground(colour);
      const fill = { sender: colour.ink, courier: colour["line-strong"], receiver: colour.soft };
      const hours = (row) => Math.round(Number(row.mean) / 360) / 10;
      return {
        ...option,
        legend: { show: false },
        grid: { left: 8, right: 64, top: 8, bottom: 8, containLabel: true },
        xAxis: { ...axis, type: "value", axisLabel: { show: false }, splitLine: { show: false }, axisLine: { show: false } },
        yAxis: { ...axis, type: "category", inverse: true, data: rows.map((row) => `${row.words} · ${row.sideWords}`) },
        series: [{
          type: "bar", cursor: "pointer", barCategoryGap: "24%",
          label: { show: true, position: "right", color: colour.ink, fontSize: words.fontSize, formatter: (one) => `${one.value} ${figure.dataset.wordsHours}` },
          data: rows.map((row) => ({ value: hours(row), itemStyle: { color: fill[row.side] } })),
        }],
        tooltip: { ...option.tooltip, show: false },
      };
    },
  };

  function draw(figure) {
    const place = figure.querySelector(".chart-picture");
    const known = pictures.get(figure);
    const chart = known || echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(kinds[figure.dataset.chart](figure, tokens()), true);
    if (known) return;
    pictures.set(figure, chart);
    chart.on("click", (one) => {
      const row = rowsOf(figure)[one.dataIndex];
      if (row && row.way) location.assign(row.way);
    });
    new ResizeObserver(() => chart.resize()).observe(place);
  }

  function drawAll() {
    for (const figure of document.querySelectorAll("figure[data-chart]")) if (figure.querySelector("tbody tr")) draw(figure);
  }

  // Letters on a canvas are drawn once: drawn before the page's own font has come, they would stay empty boxes.
  async function drawWithLetters() {
    document.body.getBoundingClientRect(); // the page is laid out, so that whatever font it needs is on its way
    await document.fonts.ready;
    drawAll();
  }

  document.addEventListener("DOMContentLoaded", drawWithLetters);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  new MutationObserver(drawAll).observe(document.documentElement, { attributes: true });
})();
