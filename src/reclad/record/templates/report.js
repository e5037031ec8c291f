"use strict";
(function () {
  var root = document.documentElement;

  function show(language) {
    root.className = "js show-" + language;
    root.lang = language === "zh" ? "zh-CN" : "en";
    document.title = root.getAttribute("data-title-" + language);
  }
  function asked() {
    var hash = location.hash.slice(1);
    return hash === "en" || hash === "zh" ? hash : root.getAttribute("data-first");
  }
  show(asked());
  window.addEventListener("hashchange", function () { show(asked()); });
  document.getElementById("language").addEventListener("click", function () {
    var next = root.lang === "en" ? "zh" : "en";
    history.replaceState(null, "", "#" + next);
    show(next);
  });
  document.getElementById("print").addEventListener("click", function () { window.print(); });

  var canvas = document.getElementById("space");
  if (!canvas) { return; }
  var data = JSON.parse(document.getElementById("path-data").textContent);
  var pen = canvas.getContext("2d");
  var home = { swing: 0.384, tilt: 0.419, zoom: 1 };
  var view = { swing: home.swing, tilt: home.tilt, zoom: home.zoom };

  function undo(steps) {
    var sum = 0;
    return steps.map(function (step) { sum += step; return sum; });
  }
  var lines = data.lines.map(function (packed) {
    var x = undo(packed[0]), r = undo(packed[1]), a = undo(packed[2]), colour = [];
    for (var i = 0; i < packed[3].length; i += 2) {
      for (var k = 0; k < packed[3][i + 1]; k++) { colour.push(packed[3][i]); }
    }
    return {
      x: x.map(function (v) { return v * data.unit - data.length / 2; }),
      v: r.map(function (v, j) { return v * data.unit * Math.cos(a[j] * Math.PI / 180); }),
      w: r.map(function (v, j) { return v * data.unit * Math.sin(a[j] * Math.PI / 180); }),
      colour: colour
    };
  });

  function draw() {
    var wide = canvas.clientWidth, tall = canvas.clientHeight, ratio = window.devicePixelRatio || 1;
    if (!wide || !tall) { return; }
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(tall * ratio);
    pen.setTransform(ratio, 0, 0, ratio, wide / 2 * ratio, tall / 2 * ratio);
    pen.clearRect(-wide / 2, -tall / 2, wide, tall);
    pen.lineCap = "round";
    var cs = Math.cos(view.swing), ss = Math.sin(view.swing);
    var ct = Math.cos(view.tilt), st = Math.sin(view.tilt);
    var scale = view.zoom * Math.min(wide * 0.88 / data.length, tall * 0.62 / (2 * data.radius));
    function across(x, w) { return scale * (x * cs + w * ss); }
    function down(x, v, w) { return -scale * (v * ct - (w * cs - x * ss) * st); }
    function near(x, v, w) { return v * st + (w * cs - x * ss) * ct; }
    function ring(x, radius) {
      pen.beginPath();
      for (var d = 0; d <= 360; d += 5) {
        var v = radius * Math.cos(d * Math.PI / 180), w = radius * Math.sin(d * Math.PI / 180);
        pen.lineTo(across(x, w), down(x, v, w));
      }
      pen.stroke();
    }
    pen.strokeStyle = "#9aa5ae";
    pen.lineWidth = 1;
    var turn = Math.atan2(-st, cs * ct);
    data.body.forEach(function (piece) {
      var ends = [piece[0] - data.length / 2, piece[1] - data.length / 2], radius = piece[2];
      ends.forEach(function (x) { ring(x, radius); });
      [turn, turn + Math.PI].forEach(function (angle) {
        var v = radius * Math.cos(angle), w = radius * Math.sin(angle);
        pen.beginPath();
        ends.forEach(function (x) { pen.lineTo(across(x, w), down(x, v, w)); });
        pen.stroke();
      });
    });
    [false, true].forEach(function (front) {
      var strokes = {};
      lines.forEach(function (run) {
        for (var i = 0; i + 1 < run.x.length; i++) {
          var v = (run.v[i] + run.v[i + 1]) / 2, w = (run.w[i] + run.w[i + 1]) / 2;
          // the axis is straight, so facing is the radial part of depth alone
          if ((near(0, v, w) > 0) !== front) { continue; }
          (strokes[run.colour[i]] = strokes[run.colour[i]] || []).push(
            across(run.x[i], run.w[i]), down(run.x[i], run.v[i], run.w[i]),
            across(run.x[i + 1], run.w[i + 1]), down(run.x[i + 1], run.v[i + 1], run.w[i + 1]));
        }
      });
      pen.globalAlpha = front ? 1 : 0.13;
      Object.keys(strokes).forEach(function (key) {
        var off = Number(key) < 0, s = strokes[key];
        pen.strokeStyle = off ? "#b4531f" : data.colours[key];
        pen.lineWidth = off ? 1 : Math.min(4, Math.max(1.1, scale * 1.1));
        pen.setLineDash(off ? [4, 3] : []);
        pen.beginPath();
        for (var j = 0; j < s.length; j += 4) { pen.moveTo(s[j], s[j + 1]); pen.lineTo(s[j + 2], s[j + 3]); }
        pen.stroke();
      });
      pen.setLineDash([]);
      pen.globalAlpha = 1;
    });
  }

  var waiting = false;
  function later() {
    if (waiting) { return; }
    waiting = true;
    requestAnimationFrame(function () { waiting = false; draw(); });
  }
  var held = null;
  canvas.addEventListener("pointerdown", function (event) {
    held = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", function (event) {
    if (!held) { return; }
    view.swing += (event.clientX - held[0]) * 0.006;
    view.tilt = Math.max(-1.5, Math.min(1.5, view.tilt + (event.clientY - held[1]) * 0.006));
    held = [event.clientX, event.clientY];
    later();
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    canvas.addEventListener(name, function () { held = null; });
  });
  canvas.addEventListener("wheel", function (event) {
    event.preventDefault();
    view.zoom = Math.max(0.5, Math.min(40, view.zoom * Math.exp(-event.deltaY * 0.0015)));
    later();
  }, { passive: false });
  canvas.addEventListener("dblclick", function () {
    view.swing = home.swing; view.tilt = home.tilt; view.zoom = home.zoom;
    later();
  });
  canvas.addEventListener("keydown", function (event) {
    var turn = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
    if (turn) { view.swing += turn[0]; view.tilt += turn[1]; }
    else if (event.key === "+") { view.zoom = Math.min(40, view.zoom * 1.2); }
    else if (event.key === "-") { view.zoom = Math.max(0.5, view.zoom / 1.2); }
    else { return; }
    event.preventDefault();
    later();
  });
  window.addEventListener("resize", later);
  later();
})();
