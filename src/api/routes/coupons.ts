import { z } from 'zod'
import { idParams, noContent, pageOf } from '../../../contract/common.ts'
import {
  coupon,
  createCouponBody,
  editTermsBody,
  editTermsReply,
  listCouponsQuery,
  termsVersion,
  updateCouponBody,
} from '../../../contract/coupons.ts'
import { changeCoupon } from '../../codes/change-coupon.ts'
import { archiveCoupon, editTerms } from '../../codes/edit-terms.ts'
import { createCoupon } from '../../coupons/create-coupon.ts'
import { listCoupons, listTermsVersions, reportCouponPage } from '../../reports/coupon-pages.ts'
import { audited } from '../audited.ts'
import type { ApiApp, ApiDeps } from '../route.ts'

const tags = ['coupons']

export function registerCouponRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'GET',
    url: '/v1/coupons',
    config: { scope: 'coupons:read' },
    schema: {
      summary: 'List the coupons with the counts of their codes, newest first',
      tags,
      querystring: listCouponsQuery,
      response: { 200: pageOf(coupon) },
    },
    handler: ({ caller: { accountId }, query: { archived, ...query } }) =>
      listCoupons(db, { ...query, accountId, isArchived: archived === 'true', now: now() }),
  })
  app.route({
    method: 'GET',
    url: '/v1/coupons/:id',
    config: { scope: 'coupons:read' },
    schema: { summary: 'One coupon with its counts', tags, params: idParams, response: { 200: coupon } },
    handler: ({ caller: { accountId }, params }) =>
      reportCouponPage(db, { accountId, couponId: params.id, now: now() }),
  })
  app.route({
    method: 'GET',
    url: '/v1/coupons/:id/versions',
    config: { scope: 'coupons:read' },
    schema: {
      summary: 'The versions of a coupon’s terms, newest first',
      tags,
      params: idParams,
      response: { 200: z.array(termsVersion) },
    },
    handler: ({ caller: { accountId }, params }) =>
      listTermsVersions(db, { accountId, couponId: params.id, now: now() }),
  })
  registerCouponChanges(app, deps)
  registerTermsChanges(app, deps)
}

function registerCouponChanges(app: ApiApp, deps: ApiDeps): void {
  const { db, now } = deps
  app.route({
    method: 'POST',
    url: '/v1/coupons',
    config: { scope: 'coupons:write', idempotent: true },
    schema: { summary: 'Create a coupon', tags, body: createCouponBody, response: { 201: coupon } },
    handler: async ({ body, caller }, reply) => {
      const { accountId } = caller
      const made = await audited(
        deps,
        caller,
        (trx) => createCoupon(trx, { ...body, accountId, now: now() }),
        ({ id, name }) => ({ action: 'coupon.created', subject: `coupon:${id}`, data: { name } }),
      )
      return await reply.code(201).send(await reportCouponPage(db, { accountId, couponId: made.id, now: now() }))
    },
  })
  app.route({
    method: 'PATCH',
    url: '/v1/coupons/:id',
    config: { scope: 'coupons:write' },
    schema: {
      summary: 'Change what is not part of the terms',
      tags,
      params: idParams,
      body: updateCouponBody,
      response: { 200: coupon },
    },
    handler: async ({ body, caller, params: { id } }) => {
      const { accountId } = caller
      await audited(
        deps,
        caller,
        (trx) => changeCoupon(trx, { ...body, accountId, couponId: id }),
        () => ({ action: 'coupon.updated', subject: `coupon:${id}`, data: { fields: Object.keys(body) } }),
      )
      return await reportCouponPage(db, { accountId, couponId: id, now: now() })
    },
  })
}

function registerTermsChanges(app: ApiApp, deps: ApiDeps): void {
  const { now } = deps
  app.route({
    method: 'DELETE',
    url: '/v1/coupons/:id',
    config: { scope: 'coupons:write' },
    schema: {
      summary: 'Archive a coupon: codes in line are withdrawn, codes that people have stay valid',
      tags,
      params: idParams,
      response: { 204: noContent },
    },
    handler: async ({ caller, params: { id } }, reply) => {
      await audited(
        deps,
        caller,
        (trx) => archiveCoupon(trx, { accountId: caller.accountId, couponId: id, now: now() }),
        ({ withdrawn }) => ({ action: 'coupon.archived', subject: `coupon:${id}`, data: { withdrawn } }),
      )
      return await reply.code(204).send(null)
    },
  })
  app.route({
    method: 'POST',
    url: '/v1/coupons/:id/terms',
    config: { scope: 'coupons:write', idempotent: true },
    schema: {
      summary: 'Give a coupon new terms; codes in line are withdrawn, codes that people have keep theirs',
      tags,
      params: idParams,
      body: editTermsBody,
      response: { 200: editTermsReply },
    },
    handler: ({ body, caller, params: { id } }) =>
      audited(
        deps,
        caller,
        (trx) => editTerms(trx, { accountId: caller.accountId, couponId: id, terms: body.terms, now: now() }),
        (edited) => ({ action: 'coupon.terms_edited', subject: `coupon:${id}`, data: edited }),
      ),
  })
}
