// Begins: reads what Python wrote, builds the parts, and says whether both compute the same.
"use strict";
{
  const data = JSON.parse(Live.at("live-data").textContent), app = { data };
  let worst = 0, places = "";
  if (data.model) {
    for (const key of ["mean", "std"]) data.model[key] = Live.unpack(data.model[key]);
    for (const part of [data.pictures.train, data.pictures.val]) part.bytes = Live.bytes(part.data);
    app.watch = new Live.Watch(data);
    app.train = new Live.TrainPage(data, app.watch);
    Live.drawing(app.watch, data.model.input);
    worst = Math.max(...Live.compare(app.watch.nets[0].net.forward(app.watch.preprocess(app.watch.picture(0))), data.check));
    places = `${data.check.length} layers`;
  } else {
    app.write = new Live.WritePage(data.writer);
    let { states } = { states: app.write.writer.begin() };
    for (const { number, scores } of data.check) {
      const step = app.write.writer.step(states, number);
      states = step.states;
      worst = Math.max(worst, Live.compare([step.scores], [{ values: scores, every: 1 }])[0]);
    }
    places = `${data.check.length} characters`;
  }
  const agrees = worst < 1e-4;
  Live.at("agreement").textContent = `${agrees ? "✓ It computes what Python computed" : "✗ It does not compute what Python computed"}: the largest difference over ${places} is ${worst.toExponential(1)} of a layer's largest number.`;
  Live.at("agreement").className = agrees ? "agrees" : "differs";
  Live.app = app;
}
