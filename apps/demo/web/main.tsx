import { render } from 'preact';
import { Page } from './components/page.tsx';
import { Playground } from './playground.ts';

render(<Page playground={new Playground()} />, document.getElementById('page')!);
