// The picture of a run: drawn from a scene and the bytes of its days. It knows no page and no server.
// Colours can be told apart by colour-blind eyes by their lightness alone; roles have shapes of their own.
const QUIET = '#36495c'
const MODES = {
  state: {
    title: 'State', about: 'What the network is to each person',
    of: (frame, i) => frame.who[i] & 7,
    kinds: [
      { says: 'no access', hue: '#46586b', hollow: true },
      { says: 'has never looked', hue: QUIET },
      { says: 'not lately', hue: '#56748f' },
      { says: 'reads', hue: '#4fa6de', glow: 0.14 },
      { says: 'contributes', hue: '#ffc14a', glow: 0.7 },
      { says: 'has left', hue: '#8a6f86', hollow: true },
    ],
    order: [4, 3, 2, 1, 0, 5], always: [4, 3, 2, 1],
  },
  activity: {
    title: 'Activity', about: 'What each person does on this day',
    of: (frame, i) => (frame.who[i] >> 3) & 7,
    kinds: [
      { says: 'not there', hue: QUIET },
      { says: 'looks', hue: '#4f9bd0', glow: 0.15 },
      { says: 'reacts', hue: '#7fd8bd', glow: 0.4 },
      { says: 'replies', hue: '#ffc14a', glow: 0.55 },
      { says: 'posts', hue: '#fff6da', glow: 0.85 },
      { says: 'keeps silent', hue: '#ff7d5c', hollow: true, glow: 0.35 },
    ],
    order: [4, 3, 2, 1, 5, 0], always: [4, 3, 2, 1, 5, 0],
  },
  role: {
    title: 'Role', about: 'Who each person is',
    of: (frame, i, scene) => { const role = frame.who[i] >> 6; return role ? role + 1 : scene.leads[i] },
    kinds: [
      { says: 'employee', hue: '#5b80a0' },
      { says: 'manager', hue: '#9fd0f0', glow: 0.1 },
      { says: 'champion', hue: '#ffc14a', glow: 0.5, shape: 1 },
      { says: 'senior leader', hue: '#ffb3d1', glow: 0.5, shape: 2 },
    ],
    order: [3, 2, 1, 0], always: [3, 2, 1, 0],
  },
  trust: { title: 'Trust', about: 'Trust in leaders', of: (frame, i) => Math.round(frame.trust[i] / 10) },
  safety: { title: 'Safety', about: 'Is it safe to speak up here?', of: (frame, i) => Math.round(frame.safety[i] / 10) },
}
const SCALE = [[46, 74, 128], [86, 104, 150], [140, 145, 150], [214, 186, 110], [255, 226, 110]]
for (const name of ['trust', 'safety']) {
  const mode = MODES[name]
  mode.kinds = Array.from({ length: 11 }, (_, k) => {
    const at = k / 10 * (SCALE.length - 1); const low = Math.min(Math.floor(at), SCALE.length - 2); const part = at - low
    const hue = SCALE[low].map((value, c) => Math.round(value + (SCALE[low + 1][c] - value) * part))
    return { says: `${10 * k} %`, hue: `rgb(${hue.join(',')})`, glow: 0.35 * k / 10 }
  })
  mode.order = []; mode.always = []; mode.scale = true
}
const ARC_HUES = ['#cfe6f7', '#5fe0b8']
const TWEEN = 0.32 // seconds in which a person takes another colour
const PULSE = 0.75 // seconds that a post is seen to spread, and a reply to travel, unless days go by too fast
const MOST_ARCS = 180 // at once: more would be a veil
const MOST_TWEENS = 300 // people who change colour by and by; more of them change at once
const MOST_PIXELS = 2.4e6 // of a canvas: beyond, a sharper one is slower than it is beautiful
const NOBODY = 65535

const copy = view => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)
const ease = p => p < 0.5 ? 2 * p * p : 1 - 2 * (1 - p) * (1 - p)

/** Return a scene from what the server says and its buffers. */
function readScene(meta, buffers) {
  const [x, y, department, manager, indptr, neighbours] = buffers.map(copy)
  const scene = {
    ...meta, x: new Float32Array(x), y: new Float32Array(y), department: new Uint16Array(department),
    manager: new Uint16Array(manager), indptr: new Uint32Array(indptr), neighbours: new Uint16Array(neighbours),
  }
  scene.leads = new Uint8Array(meta.people)
  for (const above of scene.manager) if (above !== NOBODY) scene.leads[above] = 1
  return scene
}

/** Return the days of a block by day. */
function readBlock(meta, buffers, people) {
  const [bytes, arcs, offsets] = buffers.map(copy)
  const frames = new Uint8Array(bytes); const all = new Uint16Array(arcs); const from = new Uint32Array(offsets); const days = []
  for (let k = 0; k < meta.end - meta.first; k++) {
    const at = 3 * k * people; const plane = p => frames.subarray(at + p * people, at + (p + 1) * people)
    const frame = { day: meta.first + k, who: plane(0), trust: plane(1), safety: plane(2), arcs: all.subarray(3 * from[k], 3 * from[k + 1]), words: meta.words[k], posts: [], silent: [] }
    for (let i = 0; i < people; i++) {
      const act = (frame.who[i] >> 3) & 7
      if (act === 4) frame.posts.push(i)
      else if (act === 5) frame.silent.push(i)
    }
    days.push(frame)
  }
  return days
}

class Stage {
  /**
   * Two canvases above one another: the day, and what moves. The day is written as pixels: thousands of lights cost a
   * processor less so than as calls of the canvas. What stays the same is kept as pixels too.
   */
  constructor(day, live) {
    this.layers = [day.getContext('2d', { willReadFrequently: true, alpha: false }), live.getContext('2d')]
    this.mode = 'state'; this.selected = null; this.hovered = null; this.still = false; this.sprites = new Map()
  }

  show(scene) { this.scene = scene; this.drawn = null; this.fit() }

  /** Take the canvases' size; ``above``: what stands over the picture and must not cover it. */
  resize(width, height, above) {
    this.width = width; this.height = height; this.above = above
    this.ratio = Math.min(window.devicePixelRatio || 1, 2, Math.sqrt(MOST_PIXELS / (width * height)))
    for (const { canvas } of this.layers) {
      canvas.width = Math.round(width * this.ratio); canvas.height = Math.round(height * this.ratio)
      canvas.style.width = width + 'px'; canvas.style.height = height + 'px'
    }
    this.fit()
  }

  colour(mode) { this.mode = mode; this.sprites.clear(); this.drawn = null }

  /** Scale the scene to the canvas. */
  fit() {
    const { scene, width, height } = this
    if (!scene || !width) return
    const discs = scene.departments
    const edge = (axis, sign) => sign * Math.max(...discs.map(d => sign * d[axis] + d.r))
    const box = { left: edge('x', -1), right: edge('x', 1), top: edge('y', -1), bottom: edge('y', 1) }
    const margin = Math.max(8, 0.018 * width); const above = margin + this.above
    const fits = Math.min((width - 2 * margin) / (box.right - box.left), (height - above - margin) / (box.bottom - box.top))
    const k = Math.max(0.1, fits) // before its style is there, the page may give it hardly any room
    const dx = width / 2 - k * (box.left + box.right) / 2; const dy = (height + above - margin) / 2 - k * (box.top + box.bottom) / 2
    this.unit = k; this.dot = Math.min(Math.max(0.335 * k, 1.3), 9)
    this.discs = discs.map(d => ({ ...d, x: dx + k * d.x, y: dy + k * d.y, r: k * d.r }))
    this.px = scene.x.map(value => dx + k * value); this.py = scene.y.map(value => dy + k * value)
    this.sprites.clear(); this.drawn = null; this.ground()
  }

  begin(layer) {
    const ink = this.layers[layer]
    ink.setTransform(this.ratio, 0, 0, this.ratio, 0, 0); ink.clearRect(0, 0, this.width, this.height)
    return ink
  }

  /** Draw what stays: departments, their strongest links, reporting lines. */
  ground() {
    const ink = this.begin(0); const { scene, discs, px, py, width, height } = this
    const night = ink.createRadialGradient(width / 2, 0.45 * height, 0, width / 2, 0.45 * height, 0.62 * Math.hypot(width, height))
    night.addColorStop(0, '#17324c'); night.addColorStop(0.55, '#0f2133'); night.addColorStop(1, '#0a1622')
    ink.fillStyle = night; ink.fillRect(0, 0, width, height)
    const most = Math.max(1, ...scene.links.map(link => link[2]))
    for (const [a, b, ties] of scene.links) {
      ink.strokeStyle = `rgba(140, 190, 230, ${0.05 + 0.13 * ties / most})`; ink.lineWidth = 0.6 + 3 * Math.sqrt(ties / most)
      ink.beginPath(); this.bend(ink, discs[a].x, discs[a].y, discs[b].x, discs[b].y, 0.08); ink.stroke()
    }
    for (const disc of discs) {
      const shade = ink.createRadialGradient(disc.x, disc.y - 0.3 * disc.r, 0.1 * disc.r, disc.x, disc.y, disc.r)
      shade.addColorStop(0, '#1b344b'); shade.addColorStop(1, '#13273a')
      ink.fillStyle = shade; ink.beginPath(); ink.arc(disc.x, disc.y, disc.r, 0, 7); ink.fill()
      ink.strokeStyle = 'rgba(160, 200, 235, .17)'; ink.lineWidth = this.rim; ink.stroke()
    }
    ink.strokeStyle = 'rgba(150, 195, 230, .13)'; ink.lineWidth = Math.min(1, 0.06 * this.unit); ink.beginPath()
    scene.manager.forEach((above, i) => {
      if (above !== NOBODY && scene.department[above] === scene.department[i]) { ink.moveTo(px[i], py[i]); ink.lineTo(px[above], py[above]) }
    })
    ink.stroke()
    this.names(ink)
    this.still_life = ink.getImageData(0, 0, ink.canvas.width, ink.canvas.height)
    this.picture = new ImageData(ink.canvas.width, ink.canvas.height)
  }

  get aspect() { return this.width / Math.max(1, this.height - this.above) }

  get rim() { return Math.min(Math.max(0.12 * this.unit, 1), 2.6) }

  bend(ink, x1, y1, x2, y2, by) {
    ink.moveTo(x1, y1); ink.quadraticCurveTo((x1 + x2) / 2 + by * (y2 - y1), (y1 + y2) / 2 - by * (x2 - x1), x2, y2)
  }

  /** Return everybody's kind on a day, in the present colours. */
  codes(frame) {
    if (frame.coded !== this.mode) {
      const of = MODES[this.mode].of; frame.coded = this.mode; frame.codes = Uint8Array.from(frame.who, (_, i) => of(frame, i, this.scene))
    }
    return frame.codes
  }

  /** Return the picture of a kind of person, made once: a light, with a halo if it shines. */
  sprite(code, role) {
    const key = code * 4 + role; const known = this.sprites.get(key)
    if (known) return known
    const kind = MODES[this.mode].kinds[code]; const r = this.dot * (role === 2 ? 1.35 : role === 1 ? 1.2 : 1)
    const halo = kind.glow ? r * 2.7 : r + 1.5; const made = document.createElement('canvas')
    made.width = made.height = Math.max(2, Math.ceil(2 * halo * this.ratio))
    const ink = made.getContext('2d'); ink.scale(this.ratio, this.ratio); ink.translate(made.width / 2 / this.ratio, made.height / 2 / this.ratio)
    if (kind.glow) {
      const light = ink.createRadialGradient(0, 0, 0.5 * r, 0, 0, halo)
      light.addColorStop(0, kind.hue); light.addColorStop(1, 'rgba(0, 0, 0, 0)')
      ink.globalAlpha = 0.55 * kind.glow; ink.fillStyle = light; ink.beginPath(); ink.arc(0, 0, halo, 0, 7); ink.fill(); ink.globalAlpha = 1
    }
    ink.beginPath(); shape(ink, role, r)
    if (kind.hollow) { ink.strokeStyle = kind.hue; ink.lineWidth = Math.max(1, 0.32 * r); ink.stroke() } else { ink.fillStyle = kind.hue; ink.fill() }
    const pixels = ink.getImageData(0, 0, made.width, made.width).data
    const found = { made, half: made.width / 2 / this.ratio, size: made.width / this.ratio, wide: made.width, light: pixels.filter((_, k) => k % 4 === 3), colour: rgb(kind.hue) }
    this.sprites.set(key, found)
    return found
  }

  person(ink, frame, i, code) {
    const { made, half, size } = this.sprite(code, frame.who[i] >> 6)
    ink.drawImage(made, this.px[i] - half, this.py[i] - half, size, size)
  }

  /** Write a person's light into the picture's pixels. */
  shine(i, code, role) {
    const { wide, light, colour: [r, g, b] } = this.sprite(code, role); const { data, width, height } = this.picture
    const left = Math.round(this.px[i] * this.ratio - wide / 2); const top = Math.round(this.py[i] * this.ratio - wide / 2)
    for (let y = Math.max(0, -top); y < wide && top + y < height; y++) {
      let at = 4 * ((top + y) * width + left); const row = y * wide
      for (let x = 0; x < wide; x++, at += 4) {
        const a = light[row + x]
        if (!a || left + x < 0 || left + x >= width) continue
        const rest = 255 - a
        data[at] = (data[at] * rest + r * a) / 255; data[at + 1] = (data[at + 1] * rest + g * a) / 255; data[at + 2] = (data[at + 2] * rest + b * a) / 255
      }
    }
  }

  /** Draw what a day holds: everybody whose colour is as it was, and how many of each department contribute. */
  settle(frame, before) {
    const ink = this.layers[0]; const { scene, discs } = this; const share = new Float64Array(discs.length)
    const code = this.codes(frame); const was = before ? this.codes(before) : code; this.changed = []
    this.picture.data.set(this.still_life.data)
    for (let i = 0; i < scene.people; i++) if (was[i] !== code[i]) this.changed.push([i, was[i], code[i]])
    if (this.changed.length > MOST_TWEENS) this.changed = []
    const moving = new Set(this.changed.map(each => each[0]))
    for (let i = 0; i < scene.people; i++) {
      if ((frame.who[i] & 7) === 4) share[scene.department[i]] += 1
      if (!moving.has(i)) this.shine(i, code[i], frame.who[i] >> 6)
    }
    ink.putImageData(this.picture, 0, 0)
    ink.strokeStyle = '#ffc14a'; ink.lineWidth = this.rim + 0.6; ink.lineCap = 'round'
    discs.forEach((disc, d) => {
      if (!share[d]) return
      ink.beginPath(); ink.arc(disc.x, disc.y, disc.r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.min(0.999, share[d] / disc.n)); ink.stroke()
    })
    this.drawn = frame.day; this.before = before
  }

  /** Write the names of departments that have room for it. */
  names(ink) {
    ink.textAlign = 'center'; ink.lineJoin = 'round'; ink.font = `${Math.round(Math.min(13, 8 + this.unit / 5))}px system-ui, "Noto Sans", "DejaVu Sans", sans-serif`
    for (const disc of this.discs) {
      const name = disc.name.replace(/^department /, '')
      if (disc.r < 22 || ink.measureText(name).width > 2.2 * disc.r) continue
      ink.strokeStyle = '#0d1b29'; ink.lineWidth = 6; ink.strokeText(name, disc.x, disc.y + disc.r + 4)
      ink.fillStyle = '#a9c0d4'; ink.fillText(name, disc.x, disc.y + disc.r + 4)
    }
  }

  /**
   * Draw a moment: ``frame`` is the day, ``age`` the seconds since it began, ``recent`` days whose posts and replies are
   * still seen, each [frame, how much of that time has gone].
   */
  draw(frame, before, age, recent) {
    if (!this.scene || !this.width) return
    if (this.drawn !== frame.day || this.before !== before) this.settle(frame, before)
    const ink = this.begin(1); const part = this.still ? 1 : Math.min(1, age / TWEEN)
    this.arcs(ink, recent)
    for (const [i, was, now] of this.changed) {
      if (part < 1) { ink.globalAlpha = 1 - part; this.person(ink, frame, i, was) }
      ink.globalAlpha = part; this.person(ink, frame, i, now)
    }
    ink.globalAlpha = 1
    this.pulses(ink, recent)
    this.marks(ink)
  }

  /** Draw replies: a line from who replies to whom, on which something travels; green where a leader answers. */
  arcs(ink, recent) {
    const { px, py } = this; const all = recent.reduce((sum, [frame]) => sum + frame.arcs.length / 3, 0)
    const every = Math.max(1, Math.ceil(all / MOST_ARCS))
    for (const [frame, age] of recent) {
      const part = this.still ? 0.75 : age
      if (part >= 1) continue
      const strength = (this.still ? 0.6 : Math.sin(Math.PI * Math.min(1, 0.15 + 0.85 * part))) * Math.min(1, Math.max(0.45, Math.sqrt(140 / all)))
      for (const kind of [0, 1]) {
        ink.strokeStyle = ink.fillStyle = ARC_HUES[kind]; ink.lineWidth = kind ? 1.7 : 0.9; ink.globalAlpha = strength * (kind ? 0.85 : 0.5); ink.beginPath()
        const heads = []
        for (let a = 0; a < frame.arcs.length; a += 3) {
          if (frame.arcs[a + 2] !== kind || (a / 3) % every) continue
          const from = frame.arcs[a]; const to = frame.arcs[a + 1]
          this.bend(ink, px[from], py[from], px[to], py[to], 0.16); heads.push(from, to)
        }
        ink.stroke()
        if (this.still) continue
        const at = ease(part); ink.globalAlpha = strength; ink.beginPath()
        for (let h = 0; h < heads.length; h += 2) {
          const [x1, y1, x2, y2] = [px[heads[h]], py[heads[h]], px[heads[h + 1]], py[heads[h + 1]]]; const size = kind ? 2.6 : 1.7
          const [cx, cy] = [(x1 + x2) / 2 + 0.16 * (y2 - y1), (y1 + y2) / 2 - 0.16 * (x2 - x1)]; const rest = 1 - at
          const x = rest * rest * x1 + 2 * rest * at * cx + at * at * x2; const y = rest * rest * y1 + 2 * rest * at * cy + at * at * y2
          ink.moveTo(x + size, y); ink.arc(x, y, size, 0, 7)
        }
        ink.fill()
      }
    }
    ink.globalAlpha = 1
  }

  /** Draw posts as rings that spread, and voice that was kept back as rings that close. */
  pulses(ink, recent) {
    const { px, py, dot } = this
    for (const [frame, age] of recent) {
      const part = this.still ? 0.3 : age
      if (part >= 1) continue
      const ring = (people, hue, r, strength) => {
        ink.strokeStyle = hue; ink.globalAlpha = strength; ink.lineWidth = Math.max(1, 0.22 * dot); ink.beginPath()
        for (const i of people) { ink.moveTo(px[i] + r, py[i]); ink.arc(px[i], py[i], r, 0, 7) }
        ink.stroke()
      }
      ring(frame.posts, '#fff0c4', dot * (1.2 + 2.6 * Math.sqrt(part)), 0.95 * (1 - part))
      ring(frame.silent, '#ff7d5c', dot * (2.6 - 1.2 * part), 1 - 0.75 * part)
    }
    ink.globalAlpha = 1
  }

  /** Mark who is chosen, with all contacts, and who is pointed at. */
  marks(ink) {
    const { px, py, dot, scene, selected, hovered } = this
    if (selected !== null) {
      const contacts = scene.neighbours.subarray(scene.indptr[selected], scene.indptr[selected + 1])
      ink.strokeStyle = `rgba(255, 255, 255, ${Math.max(0.1, 0.34 - 0.002 * contacts.length)})`; ink.lineWidth = 1; ink.beginPath()
      for (const other of contacts) { ink.moveTo(px[selected], py[selected]); ink.lineTo(px[other], py[other]) }
      ink.stroke(); ink.strokeStyle = 'rgba(255, 255, 255, .62)'; ink.beginPath()
      for (const other of contacts) { ink.moveTo(px[other] + dot + 2, py[other]); ink.arc(px[other], py[other], dot + 2, 0, 7) }
      ink.stroke(); ink.strokeStyle = '#fff'; ink.lineWidth = 2.5; ink.beginPath(); ink.arc(px[selected], py[selected], dot + 5, 0, 7); ink.stroke()
    }
    if (hovered !== null && hovered !== selected) { ink.strokeStyle = '#fff'; ink.lineWidth = 1.5; ink.beginPath(); ink.arc(px[hovered], py[hovered], dot + 3.5, 0, 7); ink.stroke() }
  }

  /** Return who stands nearest to a point, or null if nobody is near. */
  at(x, y, within) {
    if (!this.scene) return null
    let best = null; let least = within * within
    for (let i = 0; i < this.px.length; i++) {
      const away = (this.px[i] - x) ** 2 + (this.py[i] - y) ** 2
      if (away < least) { least = away; best = i }
    }
    return best
  }
}

function rgb(hue) {
  const [full, r, g, b] = /^#(..)(..)(..)$/.exec(hue) || []
  return full ? [r, g, b].map(part => parseInt(part, 16)) : hue.match(/\d+/g).map(Number)
}

function shape(ink, role, r) {
  if (role === 2) { const s = 0.84 * r; ink.rect(-s, -s, 2 * s, 2 * s) } else if (role === 1) { ink.moveTo(0, -1.2 * r); ink.lineTo(1.2 * r, 0); ink.lineTo(0, 1.2 * r); ink.lineTo(-1.2 * r, 0); ink.closePath() } else ink.arc(0, 0, r, 0, 7)
}

return { MODES, PULSE, Stage, readScene, readBlock }
