import { render } from 'preact'
import './style/tokens.css'
import './style/base.css'
import './style/parts.css'
import './style/forms.css'
import './style/backups.css'
import './style/dashboard.css'
import './style/jobs.css'
import { watchAttendance } from './api/attendance.ts'
import { App } from './app.tsx'
import { keepFocus } from './parts/kept-focus.ts'

watchAttendance()
keepFocus()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
