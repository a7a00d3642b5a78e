// The running time: a still picture of a green card gives itself away.

export function runClocks(target) {
  const tick = () => {
    const time = new Date().toTimeString().slice(0, 8);
    for (const clock of target.querySelectorAll("[data-clock]")) clock.textContent = time;
    setTimeout(tick, 1000 - (Date.now() % 1000));
  };
  tick();
}
