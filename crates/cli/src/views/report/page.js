"use strict";
for (const section of document.querySelectorAll("section")) {
  const controls = section.querySelector(".controls");
  if (!controls) continue;
  const details = section.querySelectorAll("details");
  controls.hidden = false;
  for (const button of controls.querySelectorAll("button"))
    button.addEventListener("click", () => {
      for (const one of details) one.open = button.dataset.open !== "";
    });
  controls.querySelector("input").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const one of details)
      one.hidden = !one.querySelector("summary").textContent.toLowerCase().includes(wanted);
  });
}
