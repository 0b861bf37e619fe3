import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { sessionQuery } from '../api/account.ts'
import { PageLoader } from '../parts/notices.tsx'
import { PATHS } from '../paths.ts'
import { NotFound, RouteFailure } from './failures.tsx'
import { queryClient } from './query-client.ts'
import { Shell } from './Shell.tsx'
import { given, oneOf, textOf } from './search.ts'

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery)
    const at = location.pathname
    if (session.needsSetup && at !== PATHS.setup) throw redirect({ to: PATHS.setup })
    if (!session.needsSetup && !session.user && at !== PATHS.login && at !== PATHS.setup)
      throw redirect({ to: PATHS.login, search: at === PATHS.home ? {} : { next: location.href } })
    if (!session.needsSetup && session.user && (at === PATHS.login || at === PATHS.setup))
      throw redirect({ to: PATHS.home })
  },
})

const at = () => rootRoute

const routes = [
  createRoute({
    getParentRoute: at,
    path: PATHS.setup,
    component: lazyRouteComponent(() => import('../pages/setup/SetupPage.tsx'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.login,
    validateSearch: (search) => given({ next: textOf(search, 'next') }),
    component: lazyRouteComponent(() => import('../pages/setup/LoginPage.tsx'), 'LoginPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.home,
    component: lazyRouteComponent(() => import('../pages/home/HomePage.tsx'), 'HomePage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.coupons,
    validateSearch: (search) =>
      given({ search: textOf(search, 'search'), archived: oneOf(search, 'archived', ['true']) }),
    component: lazyRouteComponent(() => import('../pages/coupons/CouponsPage.tsx'), 'CouponsPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.newCoupon,
    component: lazyRouteComponent(() => import('../pages/coupons/NewCouponPage.tsx'), 'NewCouponPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.coupon,
    validateSearch: (search) =>
      given({
        tab: oneOf(search, 'tab', ['codes', 'report', 'versions']),
        state: textOf(search, 'state'),
        search: textOf(search, 'search'),
      }),
    component: lazyRouteComponent(() => import('../pages/coupons/CouponPage.tsx'), 'CouponPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.editTerms,
    component: lazyRouteComponent(() => import('../pages/coupons/EditTermsPage.tsx'), 'EditTermsPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.people,
    validateSearch: (search) => given({ search: textOf(search, 'search') }),
    component: lazyRouteComponent(() => import('../pages/people/PeoplePage.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.profile,
    component: lazyRouteComponent(() => import('../pages/people/ProfilePage.tsx'), 'ProfilePage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.lists,
    component: lazyRouteComponent(() => import('../pages/lists/ListsPage.tsx'), 'ListsPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.list,
    validateSearch: (search) => given({ search: textOf(search, 'search') }),
    component: lazyRouteComponent(() => import('../pages/lists/ListPage.tsx'), 'ListPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.importPeople,
    validateSearch: (search) => given({ importId: textOf(search, 'importId') }),
    component: lazyRouteComponent(() => import('../pages/lists/ImportPage.tsx'), 'ImportPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.templates,
    component: lazyRouteComponent(() => import('../pages/templates/TemplatesPage.tsx'), 'TemplatesPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.newTemplate,
    validateSearch: (search) => given({ channel: oneOf(search, 'channel', ['sms']) }),
    component: lazyRouteComponent(() => import('../pages/templates/NewTemplatePage.tsx'), 'NewTemplatePage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.template,
    component: lazyRouteComponent(() => import('../pages/templates/TemplatePage.tsx'), 'TemplatePage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.campaigns,
    component: lazyRouteComponent(() => import('../pages/campaigns/CampaignsPage.tsx'), 'CampaignsPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.newCampaign,
    validateSearch: (search) => given({ listId: textOf(search, 'listId'), templateId: textOf(search, 'templateId') }),
    component: lazyRouteComponent(() => import('../pages/campaigns/NewCampaignPage.tsx'), 'NewCampaignPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.campaign,
    validateSearch: (search) => given({ step: oneOf(search, 'step', ['audience', 'message', 'when']) }),
    component: lazyRouteComponent(() => import('../pages/campaigns/CampaignPage.tsx'), 'CampaignPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.outbox,
    validateSearch: (search) =>
      given({
        search: textOf(search, 'search'),
        state: textOf(search, 'state'),
        reason: textOf(search, 'reason'),
        campaignId: textOf(search, 'campaignId'),
        profileId: textOf(search, 'profileId'),
      }),
    component: lazyRouteComponent(() => import('../pages/outbox/OutboxPage.tsx'), 'OutboxPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.message,
    component: lazyRouteComponent(() => import('../pages/outbox/MessagePage.tsx'), 'MessagePage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.redemptions,
    component: lazyRouteComponent(() => import('../pages/redemptions/RedemptionsPage.tsx'), 'RedemptionsPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.stores,
    component: lazyRouteComponent(() => import('../pages/stores/StoresPage.tsx'), 'StoresPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.connectStore,
    validateSearch: (search) => given({ failed: textOf(search, 'failed'), shop: textOf(search, 'shop') }),
    component: lazyRouteComponent(() => import('../pages/stores/ConnectPage.tsx'), 'ConnectPage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.store,
    validateSearch: (search) => given({ connected: oneOf(search, 'connected', ['yes']) }),
    component: lazyRouteComponent(() => import('../pages/stores/StorePage.tsx'), 'StorePage'),
  }),
  createRoute({
    getParentRoute: at,
    path: PATHS.settings,
    validateSearch: (search) =>
      given({
        tab: oneOf(search, 'tab', ['senders', 'domain', 'suppression', 'keys', 'developers', 'activity']),
        search: textOf(search, 'search'),
        reason: textOf(search, 'reason'),
      }),
    component: lazyRouteComponent(() => import('../pages/settings/SettingsPage.tsx'), 'SettingsPage'),
  }),
] as const

export const router = createRouter({
  routeTree: rootRoute.addChildren(routes),
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPendingComponent: PageLoader,
  defaultErrorComponent: RouteFailure,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
